using Dashboard.Hosting;

namespace Dashboard.Jobs;

/// <summary>What looks for something again and again while the dashboard serves. The first page goes before it: on a small machine the looks would take half the processor from it.</summary>
public abstract class Poll(Readiness readiness, TimeProvider time) : BackgroundService
{
    protected Readiness Readiness => readiness;

    protected TimeProvider Time => time;

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.PagesAsync(stoppingToken);
        await PollAsync(stoppingToken);
    }

    protected abstract Task PollAsync(CancellationToken stoppingToken);

    /// <summary>
    /// Of a look that failed, whatever the reason; the next one comes as if nothing had been. An exception that left a background service would stop the whole
    /// dashboard, or, of several loops, end one in silence.
    /// </summary>
    protected abstract void Tell(Exception exception);

    /// <summary>Once now, then at each interval.</summary>
    protected async Task RepeatAsync(Func<CancellationToken, Task> look, TimeSpan interval, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        do
            await TryAsync(look, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    protected async Task TryAsync(Func<CancellationToken, Task> look, CancellationToken stoppingToken)
    {
        try
        {
            await look(stoppingToken);
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            Tell(exception);
        }
    }
}
