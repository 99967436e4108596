using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>One environment in the hands of this process: its data seeded, its address answered, its machines made as the state file wants them.</summary>
internal sealed partial class LocalApplication : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly TaskCompletionSource _firstHealthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalEnvironment _environment;
    private readonly LocalMachinery _machinery;
    private readonly LocalStateFile _file;
    private readonly LocalMachines _machines;
    private readonly LocalSight _sight;
    private LocalFront? _front;
    private Task _running = Task.CompletedTask;
    private volatile LocalState _state;

    public LocalApplication(LocalEnvironment environment, LocalPlatformSettings settings, LocalStateFile file, HttpClient http, TimeProvider time, ILogger logger)
    {
        _environment = environment;
        var folder = Path.Combine(settings.StateFolder, environment.Name);
        _machinery = new LocalMachinery(environment, settings, folder, http, time, logger, Wake);
        _machines = new LocalMachines(_machinery);
        _file = file;
        _sight = new LocalSight(folder);
        _state = file.Read();
    }

    public Uri Address => _front?.Address ?? new Uri("http://127.0.0.1");

    public Task FirstHealthy => _firstHealthy.Task;

    public PlatformStatus Status => new(_state.Newest.Number, _machines.Image, _machines.Version, _machines.Shown);

    /// <summary>Opens the address and begins to seed and to start the machines; an unfinished release of an owner before this one is over.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _file.SweepAsync(cancellationToken);
        _sight.Clear();
        _state = await _file.ChangeAsync(state => state.Interrupt(), cancellationToken);
        _machines.Follow(_state, mayStart: false);
        _front = LocalFront.Open(_environment, _machinery, () => _machines.Addresses);
        _running = RunAsync(_stop.Token);
    }

    /// <summary>The state file has changed: look now.</summary>
    public void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (Exception needless) when (needless is SemaphoreFullException or ObjectDisposedException)
        {
            // It looks already, or nobody looks any more.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _machines.DisposeAsync();
        if (_front is not null)
            await _front.DisposeAsync();
        _stop.Dispose();
        _changed.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new LocalSeed(_machinery).RunAsync(Explain, cancellationToken);
            while (true)
            {
                await LookAsync(cancellationToken);
                await _changed.WaitAsync(Look, cancellationToken);
            }
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            // Nobody awaits this until the end, so it must be said here.
            LogGivenUp(_machinery.Logger, unforeseen, _environment.Name);
            Explain("The platform cannot run it; the dashboard's log says why.");
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        _state = _file.Read();
        if (_state.Unfinished is { } release)
        {
            await new LocalRollout(release, _file, _machines, _machinery.Time).RunAsync(Show, () => _changed.WaitAsync(Look, cancellationToken), cancellationToken);
            _state = _file.Read();
        }

        _machines.Follow(_state, mayStart: true);
        Show();
        if (_machines.Shown.All(machine => machine.State == MachineState.Healthy || _state.Places.Any(place => place.Id == machine.Id && place.IsStopped)))
            _firstHealthy.TrySetResult();
    }

    private void Explain(string note)
    {
        _machines.Explain(note);
        Show();
    }

    private void Show() => _sight.Write(Status);

    [LoggerMessage(LogLevel.Error, "{Environment} is no longer looked after: look at the state folder's disk and restart the dashboard")]
    private static partial void LogGivenUp(ILogger logger, Exception unforeseen, string environment);
}
