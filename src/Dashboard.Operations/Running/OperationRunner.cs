using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Running;

/// <summary>
/// The only caller of an operation. The job store delivers at least once, so a run begins by an atomic Queued → Running;
/// a second delivery finds another state and never runs the body again.
/// </summary>
public sealed partial class OperationRunner(
    OperationCatalog catalog,
    RunStore runs,
    Leases leases,
    DashboardDatabase database,
    RunnerOptions options,
    EnvironmentRegistry environments,
    RunRights rights,
    RunAudit audit,
    TimeProvider time,
    IEnumerable<IRunWitness> witnesses,
    ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<OperationRunner>();

    /// <summary>Runs the body if this call is the one that claims the run; the run as it is afterwards, or null when there is none.</summary>
    public async Task<Run?> RunAsync(string runId, CancellationToken stopping)
    {
        await Failpoints.HitAsync(Failpoints.RunClaims, runId);
        var run = await runs.ClaimAsync(runId, WorkerName, stopping);
        if (run is null)
        {
            LogDeliveredAgain(_logger, runId);
            return await runs.FindAsync(runId, stopping);
        }

        await Failpoints.HitAsync(Failpoints.RunClaimed, runId);
        using var scope = _logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["RunId"] = run.Id, ["Operation"] = run.Operation, ["TargetEnvironment"] = run.Environment });
        LogStarted(_logger, run.Operation, run.Environment, run.Actor, run.Id);
        using var journal = new RunJournal(run, runs, database, options, environments.Find(run.Environment)?.Settings.Monitoring.DetailedLogging == true, time, _logger);
        var began = time.GetTimestamp();
        var span = RunTelemetry.Begin(run);
        var end = await ExecuteAsync(run, journal, stopping);
        await FinishAsync(run, end, journal);
        RunTelemetry.End(run, span, end.State, time.GetElapsedTime(began));
        LogEnded(_logger, run.Operation, run.Environment, end.State, end.Message, run.Id);
        await audit.TellEndAsync(runId);
        return await runs.FindAsync(runId, CancellationToken.None);
    }

    private static string WorkerName => $"{Environment.MachineName}, process {Environment.ProcessId}";

    private async Task<End> ExecuteAsync(Run run, RunJournal journal, CancellationToken stopping)
    {
        if (catalog.Find(run.Operation) is not { } operation)
            return new End(RunState.Failed, $"This version of the dashboard has no operation '{run.Operation}'; queue it again with one that has.");

        if (await rights.WhyNotAsync(run, operation, stopping) is { } lost)
            return new End(RunState.Failed, lost);
        if (run.TakesLease)
        {
            var taken = await leases.TakeAsync(run, stopping);
            if (taken.Lease is null)
                return new End(RunState.Failed, taken.Holder.Sentence);
            run = run with { LeaseToken = taken.Lease.Token };
        }

        return await ExecuteHeldAsync(run, operation, journal, stopping);
    }

    private async Task<End> ExecuteHeldAsync(Run run, Operation operation, RunJournal journal, CancellationToken stopping)
    {
        using var body = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var ended = new CancellationTokenSource();
        var pulse = new RunPulse(run, runs, leases, options, time, _logger);
        var steps = new OperationSteps(run, journal, body, pulse.ConfirmAsync);
        foreach (var notice in run.Notices)
            steps.Warn(notice);
        Tell(run, witness => witness.Began(run));
        var began = time.GetTimestamp();
        var flushing = journal.KeepFlushingAsync(ended.Token);
        var beating = pulse.BeatAsync(steps.AskToStop, body, ended.Token);

        End end;
        try
        {
            await RecordTokenAsync(run, body.Token);
            await Failpoints.HitAsync(Failpoints.BodyBegins, run.Id);
            var request = OperationRequests.Read(operation, run.Request);
            var result = await WhyNotAsPlannedAsync(run, operation, request, body.Token) ?? await operation.RunAsync(request, steps, body.Token);
            await Failpoints.HitAsync(Failpoints.BodyEnded, run.Id);
            end = new End(result.Succeeded ? RunState.Succeeded : RunState.Failed, result.Message);
        }
        catch (Exception exception)
        {
            end = EndOf(exception, run, journal, pulse, stopping);
        }

        Tell(run, witness => witness.Ended(run, end.State, end.Message, time.GetElapsedTime(began)));
        await ended.CancelAsync();
        await beating;
        await IgnoreLostAsync(flushing);
        return end;
    }

    /// <summary>A witness that fails is not the run's matter.</summary>
    private void Tell(Run run, Action<IRunWitness> what)
    {
        foreach (var witness in witnesses)
        {
            try
            {
                what(witness);
            }
            catch (Exception exception)
            {
                LogWitnessFailed(_logger, witness.GetType().Name, run.Id, exception);
            }
        }
    }

    /// <summary>Between the confirmation and the lease others may have changed what the plan was made of.</summary>
    private static async Task<OperationResult?> WhyNotAsPlannedAsync(Run run, Operation operation, object request, CancellationToken cancellationToken)
    {
        if (run.Plan is null)
            return null;
        if (await operation.PlanAsync(request, run.Environment, run.Door, cancellationToken) is not { } now)
            return OperationResult.Failure("There is nothing to do any more of what was confirmed. Nothing was done.");
        if (now.Blocks is [var block, ..])
            return OperationResult.Failure($"{block.Name}: {block.Note} Nothing was done.");
        return now.Hash == run.Plan.Hash
            ? null
            : OperationResult.Failure($"The world has changed since the plan was confirmed: {now.DifferenceFrom(run.Plan)}. Nothing was done; look at the new plan and confirm that.");
    }

    private End EndOf(Exception exception, Run run, RunJournal journal, RunPulse pulse, CancellationToken stopping)
    {
        if (pulse.LostBecause is { } lost || exception is LeaseLostException)
            return new End(RunState.Interrupted, $"{pulse.LostBecause ?? exception.Message} {WhatToLookAt(journal.Steps)}");
        if (exception is UnfinishedException)
            return new End(RunState.Interrupted, $"{exception.Message} It is taken up again by itself until it comes to an end.");
        if (exception is OperationCanceledException && stopping.IsCancellationRequested)
            return new End(RunState.Interrupted, $"The dashboard was stopped while it ran. {WhatToLookAt(journal.Steps)}");
        if (exception is OperationCanceledException && pulse.CancelledBy is { } actor)
            return new End(RunState.Cancelled, $"Cancelled by {actor}{DuringStep(journal.Steps)}.");

        LogBodyFailed(_logger, run.Operation, exception);
        return new End(
            RunState.Failed,
            $"{run.Title} stopped on an error{DuringStep(journal.Steps)}: {exception.GetBaseException().Message} The server's log has the details under run {run.Id}.");
    }

    /// <summary>The sentence every interrupted run ends with: how far it came.</summary>
    internal static string WhatToLookAt(IReadOnlyList<RunStep> steps) => steps.Count == 0
        ? "No step had begun; nothing was changed."
        : $"It was in step {steps.Count}, '{steps[^1].Title}'; look at what that step leaves behind before you start it again.";

    private static string DuringStep(IReadOnlyList<RunStep> steps) => steps.Count == 0 ? string.Empty : $" in '{steps[^1].Title}'";

    private async Task RecordTokenAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.LeaseToken > 0)
            await runs.UpdateAsync(run.Id, Builders<Run>.Update.Set(stored => stored.LeaseToken, run.LeaseToken), cancellationToken);
    }

    /// <summary>The body has ended, so its outcome is true whatever the lease says meanwhile: it is tried until it is stored.</summary>
    private async Task FinishAsync(Run run, End end, RunJournal journal)
    {
        journal.EndStep(end.State switch
        {
            RunState.Succeeded => StepState.Succeeded,
            RunState.Cancelled => StepState.Cancelled,
            RunState.Interrupted => StepState.Interrupted,
            _ => journal.Steps.Any(step => step.State == StepState.Failed) ? StepState.Succeeded : StepState.Failed,
        });
        journal.Add(end.State == RunState.Succeeded ? LineLevel.Info : LineLevel.Error, end.Message);

        using var patience = new CancellationTokenSource(options.OutcomePatience, time);
        try
        {
            await IgnoreLostAsync(journal.FlushAsync(patience.Token));
            await StoreOutcomeAsync(run, end, journal.Steps, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            LogOutcomeLost(_logger, run.Id, end.State, end.Message);
        }
    }

    private async Task StoreOutcomeAsync(Run run, End end, IReadOnlyList<RunStep> steps, CancellationToken patience)
    {
        while (true)
        {
            try
            {
                await Failpoints.HitAsync(Failpoints.RunFinishes, run.Id);
                await runs.FinishAsync(run.Id, end.State, end.Message, steps, patience);
                if (run.TakesLease)
                    await leases.ReleaseAsync(run.Environment, run.Id, patience);
                await Failpoints.HitAsync(Failpoints.RunFinished, run.Id);
                return;
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                LogOutcomeWaits(_logger, run.Id, exception);
                await Task.Delay(options.Heartbeat, time, patience);
            }
        }
    }

    private static async Task IgnoreLostAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (LeaseLostException)
        {
            // The outcome says so already.
        }
    }

    private sealed record End(RunState State, string Message);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} of {TargetEnvironment} begins for {Actor} (run {RunId})")]
    private static partial void LogStarted(ILogger logger, string operation, string targetEnvironment, string actor, string runId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} of {TargetEnvironment} ended {State}: {Outcome} (run {RunId})")]
    private static partial void LogEnded(ILogger logger, string operation, string targetEnvironment, RunState state, string outcome, string runId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} was delivered again; it is not run again")]
    private static partial void LogDeliveredAgain(ILogger logger, string runId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Operation} stopped on an error")]
    private static partial void LogBodyFailed(ILogger logger, string operation, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Witness} failed on run {RunId}; the run goes on")]
    private static partial void LogWitnessFailed(ILogger logger, string witness, string runId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcome of run {RunId} could not be stored; it is tried again")]
    private static partial void LogOutcomeWaits(ILogger logger, string runId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of run {RunId} could not be stored in time: {State}, {Outcome}")]
    private static partial void LogOutcomeLost(ILogger logger, string runId, RunState state, string outcome);
}
