using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Running;

/// <summary>
/// Shows that a run lives and renews its lease. Measures by the monotonic clock how long the last sign of life is past,
/// and stops the body before another run could be given the lease.
/// </summary>
internal sealed partial class RunPulse(Run run, RunStore runs, Leases leases, RunnerOptions options, TimeProvider time, ILogger logger)
{
    private long _lastSign = time.GetTimestamp();

    /// <summary>Set once the run may no longer go on.</summary>
    public string? LostBecause { get; private set; }

    public string? CancelledBy { get; private set; }

    public async Task BeatAsync(Action askToStop, CancellationTokenSource body, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(options.Heartbeat, time);
        try
        {
            while (LostBecause is null && await timer.WaitForNextTickAsync(ended))
            {
                await BeatOnceAsync(askToStop, ended);
            }

            await body.CancelAsync();
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The body has ended.
        }
    }

    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        if (LostBecause is null)
            await SignAsync(cancellationToken);
        if (LostBecause is not null)
            throw new LeaseLostException(LostBecause);
    }

    private async Task BeatOnceAsync(Action askToStop, CancellationToken ended)
    {
        // A database that hangs must not outlast the lease: half of it is the margin for the body to stop in.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ended);
        patience.CancelAfter(options.LeaseDuration / 4);
        try
        {
            await SignAsync(patience.Token);
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || (exception is OperationCanceledException && !ended.IsCancellationRequested))
        {
            LogNoSign(logger, run.Id, exception);
            if (time.GetElapsedTime(_lastSign) > options.LeaseDuration / 2)
                LostBecause = "The dashboard's database did not answer for so long that the lease was about to lapse, so the run was stopped.";
        }

        if (CancelledBy is not null)
            askToStop();
    }

    private async Task SignAsync(CancellationToken cancellationToken)
    {
        var before = time.GetTimestamp();
        var seen = await runs.BeatAsync(run.Id, cancellationToken);
        if (seen is null)
        {
            LostBecause = "The run was given up while its process was away.";
            return;
        }

        if (run.TakesLease && !await leases.RenewAsync(run.Environment, run.LeaseToken, cancellationToken))
        {
            LostBecause = $"Another run holds {run.Environment} now: the lease of this one had lapsed.";
            return;
        }

        CancelledBy = seen.CancelRequestedBy;
        _lastSign = before;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} could not show that it lives")]
    private static partial void LogNoSign(ILogger logger, string runId, Exception exception);
}
