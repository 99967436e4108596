using Dashboard.Operations.Faults;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Running;

/// <summary>Finds runs whose process is gone, says so in their record, and has their leftovers cleared away; every dashboard process sweeps, any may be first.</summary>
public sealed partial class RunWatch(OperationCatalog catalog, RunStore runs, Leases leases, ILogger<RunWatch> logger)
{
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await EndLostAsync(cancellationToken);
        await RecoverAsync(cancellationToken);
    }

    /// <summary>Says of the runs whose process is gone that they are over; takes no longer than the dashboard's own database does.</summary>
    public async Task EndLostAsync(CancellationToken cancellationToken)
    {
        foreach (var run in await runs.LapsedAsync(cancellationToken))
            await InterruptAsync(run, cancellationToken);
        foreach (var run in await runs.NeverBegunAsync(cancellationToken))
            await EndNeverBegunAsync(run, cancellationToken);
    }

    /// <summary>Has cleared away what they left behind. This asks the environments themselves, which may take its time or never end: none waits for another.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        var unrecovered = await runs.UnrecoveredAsync(cancellationToken);
        await Task.WhenAll(unrecovered.GroupBy(run => run.Environment, StringComparer.Ordinal).Select(async ofOne =>
        {
            foreach (var run in ofOne)
                await TryRecoverAsync(run, cancellationToken);
        }));
    }

    /// <summary>What cannot be cleared away now, whatever the reason, is tried again at the next sweep, and does not hold up the others.</summary>
    private async Task TryRecoverAsync(Run run, CancellationToken cancellationToken)
    {
        try
        {
            await RecoverAsync(run, cancellationToken);
        }
        catch (LeaseLostException exception)
        {
            LogRecoveredElsewhere(logger, run.Id, exception);
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            LogNotRecovered(logger, run.Id, exception);
        }
    }

    /// <summary>The command line's process ended between storing the run and beginning it, and nobody else begins it.</summary>
    private async Task EndNeverBegunAsync(Run run, CancellationToken cancellationToken)
    {
        const string Message = "The command line's process ended before it began. Nothing was changed; start it again.";
        if (!await runs.EndNeverBegunAsync(run.Id, Message, cancellationToken))
            return;
        LogInterrupted(logger, run.Id, run.Operation, run.Environment, Message);
        if (run.TakesLease)
            await leases.ReleaseAsync(run.Environment, run.Id, cancellationToken);
    }

    private async Task InterruptAsync(Run run, CancellationToken cancellationToken)
    {
        var message = $"The process that ran it ({run.Worker}) gave no sign of life until its lease lapsed. {OperationRunner.WhatToLookAt(run.Steps)}";
        // From the moment on when it is interrupted its recovery may have the environment.
        var token = run.TakesLease ? await leases.TokenOfAsync(run.Environment, run.Id, cancellationToken) : null;
        await Failpoints.HitAsync(Failpoints.RunInterrupts, run.Id);
        if (!await runs.InterruptAsync(run, message, cancellationToken))
            return;
        await Failpoints.HitAsync(Failpoints.RunInterrupted, run.Id);
        LogInterrupted(logger, run.Id, run.Operation, run.Environment, message);
        if (token is { } own)
            await leases.ReleaseAsync(run.Environment, run.Id, own, cancellationToken);
    }

    private async Task RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.RunRecovers, run.Id);
        var cleared = catalog.Find(run.Operation) is { } operation ? await operation.RecoverAsync(run, cancellationToken) : null;
        await Failpoints.HitAsync(Failpoints.RunRecovered, run.Id);
        await runs.MarkRecoveredAsync(run.Id, cleared, cancellationToken);
        if (cleared is not null)
            LogRecovered(logger, run.Id, cleared);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} ({Operation} of {TargetEnvironment}) was interrupted: {Outcome}")]
    private static partial void LogInterrupted(ILogger logger, string runId, string operation, string targetEnvironment, string outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "What run {RunId} left behind could not be cleared away; it is tried again at the next sweep")]
    private static partial void LogNotRecovered(ILogger logger, string runId, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "What run {RunId} left behind is being cleared away by another process; the next sweep looks again")]
    private static partial void LogRecoveredElsewhere(ILogger logger, string runId, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Leftovers of interrupted run {RunId}: {Cleared}")]
    private static partial void LogRecovered(ILogger logger, string runId, string cleared);
}
