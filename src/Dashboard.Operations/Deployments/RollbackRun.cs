using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>A rollback from its beginning to its end: first the database, so that an old version never meets a schema that it does not know.</summary>
public sealed class RollbackRun(RollbackScopes scopes, RestoreRun restore, WayBack back, DeployFailure look, IPlatform platform, ReleaseLedger ledger, EventOutbox outbox, RollbackNotice notice, TimeProvider time)
{
    internal async Task<OperationResult> RunAsync(RollBack.Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Look at what going back needs", cancellationToken);
        var (scope, refusal) = await scopes.ReadAsync(request, steps.Run.Environment, cancellationToken);
        if (scope is null)
            return OperationResult.Failure($"{refusal} Nothing was changed.");
        steps.Note(scope.Verdict.Sentence);
        if (scope is { Request.Type: RollBack.RollbackType.Auto, Verdict.Way: RollbackWay.Undecided, Archive: null })
            return OperationResult.Failure($"{scope.Verdict.Sentence} Nothing was changed.");
        if (scope.ChangesVersion && scope.Target is not null)
            return await VersionAsync(scope, scope.Target, steps, cancellationToken);
        var result = await DatabaseAsync(scope, log: null, steps, cancellationToken) is { } problem
            ? OperationResult.Failure(problem)
            : OperationResult.Success(scope.RestoresDatabase ? $"The database of {scope.Environment.Title} is that of {scope.Archive}; undo-restore with run {steps.Run.Id} brings back what was there." : $"{Counted.Say([.. scope.TakesBack.Select(entry => entry.Version)], "was", "were")} taken back; the version was left as it is.");
        await notice.TellAsync(scope.Environment, steps.Run.Id, result.Succeeded, result.Message, steps, cancellationToken);
        return result;
    }

    private async Task<OperationResult> VersionAsync(RollbackScope scope, Release target, OperationSteps steps, CancellationToken cancellationToken)
    {
        var goesBackFrom = await ledger.DeploymentOfAsync(scope.Environment.Name, scope.Running, cancellationToken);
        var log = new ReleaseLog(NewRelease(scope, target, steps), ledger, outbox, steps, time, goesBackFrom?.Id);
        await log.BeginAsync(ReleasePhase.Rollback, cancellationToken);
        try
        {
            var problem = await DatabaseAsync(scope, log, steps, cancellationToken) ?? await AgainAsync(scope, target, log, steps, cancellationToken);
            var message = problem is null
                ? $"{scope.Environment.Title} is back at {target.Told}, which answers.{(log.Release.TakenBack.Count == 0 ? string.Empty : $" Taken back: {string.Join(", ", log.Release.TakenBack)}.")}{(scope.RestoresDatabase ? $" The database is that of {scope.Archive}." : string.Empty)}"
                : $"{problem} Now {await look.SeenAsync(scope.Environment, cancellationToken)} A person must decide.";
            await log.EndAsync(ReleasePhase.Rollback, problem is null ? PhaseState.Success : PhaseState.Failed, problem, cancellationToken);
            await log.EndAsync(problem is null ? ReleaseState.Complete : ReleaseState.Failed, message, cancellationToken);
            await notice.TellAsync(scope.Environment, steps.Run.Id, problem is null, message, steps, cancellationToken);
            return problem is null ? OperationResult.Success(message) : OperationResult.Failure(message);
        }
        catch (Exception exception) when (exception is OperationCanceledException or LeaseLostException or UnfinishedException)
        {
            using var patience = new StopPatience(cancellationToken);
            var stopped = $"Stopped before its end; {await look.SeenAsync(scope.Environment, patience.Token)}";
            await log.EndAsync(ReleaseState.Interrupted, stopped, patience.Token);
            await notice.TellAsync(scope.Environment, steps.Run.Id, succeeded: false, stopped, steps, patience.Token);
            throw;
        }
    }

    private Release NewRelease(RollbackScope scope, Release target, OperationSteps steps) => new()
    {
        Id = steps.Run.Id,
        RunId = steps.Run.Id,
        Environment = scope.Environment.Name,
        Kind = ReleaseKind.Rollback,
        State = ReleaseState.Unfinished,
        Image = target.Image,
        Version = target.Version,
        ImageBefore = scope.Running,
        GoesBackTo = target.Id,
        Actor = steps.Run.Actor,
        Reason = steps.Run.Reason,
        BegunAt = time.GetUtcNow(),
    };

    /// <returns>Null when the database is as the earlier version knows it.</returns>
    private async Task<string?> DatabaseAsync(RollbackScope scope, ReleaseLog? log, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (scope.TakesBack.Count > 0)
            return await back.TakeBackAsync(scope.Environment, [.. scope.TakesBack.Select(entry => entry.Version)], log, steps, cancellationToken);
        if (!scope.RestoresDatabase)
            return null;
        try
        {
            if (await restore.FetchAsync(RollbackPlanner.RestoreOf(scope), steps, cancellationToken) is { } absent)
                return $"{absent} Nothing was changed.";
            await steps.BeginAsync("Stop the application", cancellationToken);
            await steps.ConfirmLeaseAsync(cancellationToken);
            await platform.StopAsync(scope.Environment.Name, steps.Log, cancellationToken);
            var restored = await restore.RunAsync(RollbackPlanner.RestoreOf(scope), steps, cancellationToken);
            if (!restored.Succeeded)
                steps.Warn(restored.Message);

            // A version that is changed afterwards is started after that, and the one that is left never again.
            var problem = restored.Succeeded ? null : restored.Message;
            return scope.ChangesVersion && restored.Succeeded ? null : await StartAsync(scope, problem, steps, cancellationToken);
        }
        catch (PlatformException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>The present version, after a restore that did not happen, or of which nothing else comes.</summary>
    /// <param name="problem">What is said already.</param>
    private async Task<string?> StartAsync(RollbackScope scope, string? problem, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            await back.StartAsync(scope.Environment, steps, cancellationToken);
            return problem;
        }
        catch (PlatformException exception)
        {
            steps.FailStep(exception.Message);
            return problem is null ? exception.Message : $"{problem} {exception.Message}";
        }
    }

    private async Task<string?> AgainAsync(RollbackScope scope, Release target, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken) =>
        scope.Call(steps.Run.Actor) is { } call
            ? await back.ReleaseAgainAsync(scope.Environment, call, target.Version, scope.StartsAfterwards, log, steps, cancellationToken)
            : null;
}
