using System.Globalization;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Deployments;

/// <summary>A deployment from its beginning to its end, each phase kept in the release's record.</summary>
public sealed class DeployRun(
    IPlatform platform, IMigrations migrations, ModeSwitch mode, ReleaseLedger ledger, ReleaseVerification verification, WayBack back, DeployFailure failure, BackupWriter writer, EventOutbox outbox, EnvironmentRegistry environments, TimeProvider time)
{
    internal async Task<OperationResult> RunAsync(DeployRelease.Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Look at what runs", cancellationToken);
        var environment = environments.Get(steps.Run.Environment);
        var (before, unreadable) = await LookAsync(environment, cancellationToken);
        if (before is null)
            return OperationResult.Failure($"{unreadable} Nothing was changed.");
        var log = new ReleaseLog(NewRelease(request, before, steps), ledger, outbox, steps, time);
        try
        {
            var result = await ReleaseAsync(request, environment, before, log, steps, cancellationToken);
            await log.EndAsync(result.Succeeded ? ReleaseState.Complete : ReleaseState.Failed, result.Message, CancellationToken.None);
            return result;
        }
        catch (Exception exception) when (exception is OperationCanceledException or LeaseLostException)
        {
            using var patience = new StopPatience(cancellationToken);
            await log.EndAsync(ReleaseState.Interrupted, $"Stopped before its end; {await failure.SeenAsync(environment, patience.Token)}", patience.Token);
            steps.Warn(log.Release.Message ?? string.Empty);
            throw;
        }
    }

    private async Task<(PlatformStatus? Status, string? Problem)> LookAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            var status = await platform.StatusAsync(environment.Name, cancellationToken);
            await ledger.TakeOverAsync(environment.Name, await platform.ReleasesAsync(environment.Name, cancellationToken), cancellationToken);
            return (await ledger.WithVersionAsync(environment.Name, status, cancellationToken), null);
        }
        catch (PlatformException exception)
        {
            return (null, exception.Message);
        }
    }

    private Release NewRelease(DeployRelease.Request request, PlatformStatus before, OperationSteps steps) => new()
    {
        Id = steps.Run.Id,
        RunId = steps.Run.Id,
        Environment = steps.Run.Environment,
        Kind = ReleaseKind.Deployment,
        State = ReleaseState.Unfinished,
        Image = request.Image,
        Version = request.Version ?? ImageName.VersionOf(request.Image),
        ImageBefore = before.Image,
        Actor = steps.Run.Actor,
        Reason = steps.Run.Reason,
        BegunAt = time.GetUtcNow(),
    };

    private async Task<OperationResult> ReleaseAsync(
        DeployRelease.Request request, TargetEnvironment environment, PlatformStatus before, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        await log.BeginAsync(ReleasePhase.Validation, cancellationToken);
        var scope = new DeployScope(environment, request, await migrations.StatusAsync(environment, cancellationToken), await mode.CarriedAsync(environment, cancellationToken));
        steps.Note(string.Create(CultureInfo.InvariantCulture, $"{(before.Image is null ? "No machine" : $"{before.Told} on {Counted.Machines(before.Machines.Count)}")}; {Counted.Of(scope.Runs.Count, "migration", "migrations")} to run."));
        await log.EndAsync(ReleasePhase.Validation, PhaseState.Success, note: null, cancellationToken);

        if (await SaveAsync(scope, log, steps, cancellationToken) is { } unsaved)
            return OperationResult.Failure($"There is no safety backup, so nothing was changed. {unsaved}");
        if (await MigrateAsync(scope, log, steps, cancellationToken) is { } unmigrated)
            return await failure.OfMigrationAsync(environment, unmigrated, before, log, steps, cancellationToken);
        try
        {
            await DeployAsync(scope, before, log, steps, cancellationToken);
        }
        catch (PlatformException exception)
        {
            steps.FailStep(exception.Message);
            await log.EndAsync(ReleasePhase.Deployment, PhaseState.Failed, exception.Message, cancellationToken);
            return await failure.OfDeploymentAsync(environment, exception, before, log, steps, cancellationToken);
        }

        return await VerifyAsync(scope, log, steps, cancellationToken) is { } unwell
            ? await failure.OfVerificationAsync(environment, unwell, before, log, steps, cancellationToken)
            : OperationResult.Success($"{environment.Title} runs {log.Release.Told}{(log.Release.Migrated.Count == 0 ? string.Empty : $", migrated {string.Join(", ", log.Release.Migrated)}")}; before it was {before.Told}.");
    }

    private async Task<string?> SaveAsync(DeployScope scope, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (!scope.MakesBackup)
            return null;
        await log.BeginAsync(ReleasePhase.Backup, cancellationToken);
        var task = new BackupTask(scope.Environment, scope.Environment.Database, BackupKind.Safety, Verify: true);
        var outcome = await writer.WriteAsync(task, steps, cancellationToken);
        var problem = outcome.IsNothingThere ? null : outcome.Problem;
        await log.SaveAsync(log.Release with { SafetyBackup = outcome.Manifest?.Archive }, cancellationToken);
        await log.EndAsync(ReleasePhase.Backup, problem is null ? PhaseState.Success : PhaseState.Failed, problem ?? outcome.Manifest?.Archive, cancellationToken);
        return problem;
    }

    private async Task<string?> MigrateAsync(DeployScope scope, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (scope.Runs.Count == 0)
            return null;
        await steps.BeginAsync($"Migrate {string.Join(", ", scope.Runs.Select(entry => entry.Version))}", cancellationToken, StepStop.AfterStep);
        if (scope.Environment.Settings.Migrations.DryRun)
        {
            steps.Note("Nothing was applied: migrations.dryRun is on.");
            return null;
        }

        await log.BeginAsync(ReleasePhase.Migration, cancellationToken);
        await steps.ConfirmLeaseAsync(cancellationToken);
        var outcome = await migrations.UpAsync(scope.Environment, scope.Request.Image, upTo: null, steps, cancellationToken);
        await log.SaveAsync(log.Release with { Migrated = outcome.Done }, cancellationToken);
        await log.EndAsync(ReleasePhase.Migration, outcome.Succeeded ? PhaseState.Success : PhaseState.Failed, outcome.Problem, cancellationToken);
        if (outcome.Problem is { } problem)
            steps.FailStep(problem);
        return outcome.Problem;
    }

    private async Task DeployAsync(DeployScope scope, PlatformStatus before, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync($"Deploy {scope.Request.Image}", cancellationToken);
        await log.BeginAsync(ReleasePhase.Deployment, cancellationToken);
        await Failpoints.HitAsync(Failpoints.ReleaseMakes, scope.Request.Image);
        await steps.ConfirmLeaseAsync(cancellationToken);
        var made = await platform.DeployAsync(scope.Call(steps.Run.Actor), steps.Log, cancellationToken);
        await Failpoints.HitAsync(Failpoints.ReleaseMade, scope.Request.Image);
        await log.NumberAsync(made.Number, cancellationToken);
        if (before.HasOnlyStopped)
            await back.StartReleasedAsync(scope.Environment, steps, cancellationToken);
        await log.EndAsync(ReleasePhase.Deployment, PhaseState.Success, note: null, cancellationToken);
        steps.Fact("release", string.Create(CultureInfo.InvariantCulture, $"v{made.Number}"));
        if (scope.Environment.Settings.Deployment.StabilizationTime is var settling && settling > TimeSpan.Zero)
        {
            await steps.BeginAsync("Let it settle", cancellationToken);
            await Task.Delay(settling, time, cancellationToken);
        }
    }

    private async Task<string?> VerifyAsync(DeployScope scope, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync($"Verify that {log.Release.Told} answers", cancellationToken);
        await log.BeginAsync(ReleasePhase.Verification, cancellationToken);
        var leavesPending = scope.Request.Migrations == DeployRelease.MigrationChoice.Skip || scope.Environment.Settings.Migrations is { DryRun: true } or { ValidateOnly: true };
        string? problem;
        try
        {
            var answer = await verification.LookAsync(scope.Environment, scope.Request.Image, log.Release.Version, leavesPending, steps, cancellationToken);
            problem = answer.Problem;
            log.Know(answer.Version);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            problem = $"What answers could not be stored: {exception.GetBaseException().Message.TrimEnd('.')}.";
        }

        if (problem is not null)
            steps.FailStep(problem);
        await log.EndAsync(ReleasePhase.Verification, problem is null ? PhaseState.Success : PhaseState.Failed, problem, cancellationToken);
        return problem;
    }
}
