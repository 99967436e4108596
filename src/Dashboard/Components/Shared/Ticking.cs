namespace Dashboard.Components.Shared;

/// <summary>Calls a component again and again until disposed; one call ends before the next begins.</summary>
internal sealed class Ticking : IDisposable
{
    private readonly PeriodicTimer _timer;

    public Ticking(TimeProvider time, TimeSpan interval, Func<Task> tick)
    {
        _timer = new PeriodicTimer(interval, time);
        _ = RunAsync(tick);
    }

    public void Dispose() => _timer.Dispose();

    private async Task RunAsync(Func<Task> tick)
    {
        while (await _timer.WaitForNextTickAsync(CancellationToken.None))
            await tick();
    }
}
