using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Deployments;

/// <summary>
/// What becomes of a deployment that fails: back by itself where the settings say so and the facts allow it, and always a sentence that says what runs
/// afterwards. Where nobody answered nothing is undone, because nothing is known about what was done.
/// </summary>
public sealed class DeployFailure(IPlatform platform, IMigrations migrations, ModeSwitch mode, WayBack back, ReleaseLedger ledger, EventOutbox outbox, RollbackNotice notice, TimeProvider time)
{
    /// <summary>The machines were not touched yet.</summary>
    internal async Task<OperationResult> OfMigrationAsync(
        TargetEnvironment environment, string why, PlatformStatus before, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        var rules = environment.Settings.Rollback;
        var undone = rules is { AutoRollback: true, OnMigrationFailure: true }
            ? await TakeBackAsync(environment, log, steps, cancellationToken)
            : Leaves(log.Release.Migrated);
        return OperationResult.Failure($"{why} No machine was changed{(before.Image is null ? string.Empty : $": {(before.Version is null ? before.Told : $"version {before.Version}")} still runs")}. {undone}".TrimEnd());
    }

    internal async Task<OperationResult> OfDeploymentAsync(
        TargetEnvironment environment, PlatformException problem, PlatformStatus before, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (problem.Kind is PlatformFailure.Unreachable or PlatformFailure.TimedOut)
            return OperationResult.Failure($"{problem.Message} What the machines run now is not known, so nothing was undone: {await SeenAsync(environment, cancellationToken)} {Leaves(log.Release.Migrated)}".TrimEnd());
        if (await NumberOfAsync(log.Release, cancellationToken) is { } number)
            await log.NumberAsync(number, cancellationToken);
        return problem.Kind is PlatformFailure.Unhealthy or PlatformFailure.NotDone
            ? await GoBackAsync(environment, problem.Message, before, log, steps, cancellationToken)
            : await UntouchedAsync(environment, problem.Message, log, steps, cancellationToken);
    }

    internal Task<OperationResult> OfVerificationAsync(
        TargetEnvironment environment, string why, PlatformStatus before, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken) =>
        GoBackAsync(environment, $"{log.Release.Told} was released and is not well: {why}", before, log, steps, cancellationToken);

    /// <summary>What runs now, for the end of a sentence; never throws for what the platform does.</summary>
    internal async Task<string> SeenAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            var status = await platform.StatusAsync(environment.Name, cancellationToken);
            var machines = status.Machines.GroupBy(machine => machine.Image, StringComparer.Ordinal)
                .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} × {group.Key} ({string.Join(", ", group.Select(machine => machine.State.ToString().ToLowerInvariant()).Distinct(StringComparer.Ordinal))})"));
            return status.Machines.Count == 0 ? "there is no machine." : $"the machines are {string.Join(", ", machines)}.";
        }
        catch (Exception exception) when (exception is PlatformException or OperationCanceledException)
        {
            return "what the machines run cannot be told.";
        }
    }

    private async Task<OperationResult> UntouchedAsync(TargetEnvironment environment, string why, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        var undone = log.Release.Migrated.Count > 0 && environment.Settings.Rollback is { AutoRollback: true, OnHealthCheckFailure: true }
            ? await TakeBackAsync(environment, log, steps, cancellationToken)
            : Leaves(log.Release.Migrated);
        return OperationResult.Failure($"{why} No machine was changed. {undone}".TrimEnd());
    }

    private async Task<OperationResult> GoBackAsync(
        TargetEnvironment environment, string why, PlatformStatus before, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (environment.Settings.Rollback is not { AutoRollback: true, OnHealthCheckFailure: true })
            return OperationResult.Failure($"{why} It was left as it is, as rollback.autoRollback says: {await SeenAsync(environment, cancellationToken)} Roll back, or deploy a better version. {Leaves(log.Release.Migrated)}".TrimEnd());
        if (before.Image is not { Length: > 0 } image || ImageName.IsSame(image, log.Release.Image))
            return OperationResult.Failure($"{why} There is no other version to go back to: {await SeenAsync(environment, cancellationToken)}");

        await log.BeginAsync(ReleasePhase.Rollback, cancellationToken);
        var undone = log.Release.Migrated.Count > 0 ? await TakeBackAsync(environment, log, steps, cancellationToken) : string.Empty;
        var call = new PlatformCall.Deploy(environment.Name, image, environment.Settings.Deployment.HealthCheckTimeout, SkipReleaseCommand: true, Author: steps.Run.Actor, Variables: await mode.CarriedAsync(environment, cancellationToken));
        var version = ImageName.VersionOf(image) ?? before.Version;
        var again = new ReleaseLog(await BackAsync(log.Release, image, version, why, cancellationToken), ledger, outbox, steps, time);
        var problem = await back.ReleaseAgainAsync(environment, call, version, starts: before.HasOnlyStopped, again, steps, cancellationToken);
        await again.EndAsync(problem is null ? ReleaseState.Complete : ReleaseState.Failed, problem ?? $"{version ?? image} answers again.", cancellationToken);
        await log.EndAsync(ReleasePhase.Rollback, problem is null ? PhaseState.Success : PhaseState.Failed, problem ?? image, cancellationToken);
        var message = problem is null
            ? $"{why} It went back by itself, and {version ?? image} answers again. {undone}".TrimEnd()
            : $"{why} Going back to {image} failed as well: {problem} Now {await SeenAsync(environment, cancellationToken)} A person must decide. {undone}".TrimEnd();
        await notice.TellAsync(environment, again.Release.Id, problem is null, message, steps, cancellationToken);
        return OperationResult.Failure(message);
    }

    /// <summary>The platform counts the way back as a release of its own, and so does the ledger.</summary>
    private async Task<Release> BackAsync(Release failed, string image, string? version, string why, CancellationToken cancellationToken)
    {
        var origin = (await ledger.ListAsync(failed.Environment, 200, before: null, cancellationToken)).FirstOrDefault(release => release.State == ReleaseState.Complete && ImageName.IsSame(release.Image, image));
        return failed with
        {
            Id = $"{failed.Id}-back",
            Kind = ReleaseKind.Rollback,
            State = ReleaseState.Unfinished,
            Image = image,
            Version = version,
            Number = null,
            ImageBefore = failed.Image,
            GoesBackTo = origin?.Id,
            Reason = why,
            BegunAt = time.GetUtcNow(),
            SafetyBackup = null,
            Migrated = [],
            TakenBack = [],
            Events = [],
        };
    }

    /// <summary>What this deployment migrated, as far as it can be taken back; never what was there before it.</summary>
    private async Task<string> TakeBackAsync(TargetEnvironment environment, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            var status = await migrations.StatusAsync(environment, cancellationToken);
            var own = status.NewestFirst.Where(entry => entry.RunId == log.Release.RunId).ToList();
            var verdict = RollbackVerdict.Of(own, backup: null);
            if (verdict.Way == RollbackWay.AppOnly)
                return own.Count == 0 ? string.Empty : $"{Counted.Say([.. own.Select(entry => entry.Version)], "stays: it", "stay: they")} only added something.";
            if (verdict.Way != RollbackWay.AppAndDown)
                return $"The database stays migrated: {verdict.Sentence} The backup of right before is {log.Release.SafetyBackup ?? "not there"}.";
            var problem = await back.TakeBackAsync(environment, verdict.TakesBack, log, steps, cancellationToken);
            return problem is null ? $"{Counted.Say(verdict.TakesBack, "was", "were")} taken back." : $"Taking back failed: {problem}";
        }
        catch (Exception exception) when (exception is MigrationException || StoreFailure.Is(exception))
        {
            return $"What was migrated could not be taken back: {exception.GetBaseException().Message}";
        }
    }

    private static string Leaves(IReadOnlyList<string> migrated) => migrated.Count == 0 ? string.Empty : $"{Counted.Say(migrated, "stays", "stay")} migrated.";

    /// <summary>The platform's number of a release that failed or was cut off, which it has a record of too; null when it has none, or does not say.</summary>
    internal async Task<int?> NumberOfAsync(Release release, CancellationToken cancellationToken)
    {
        try
        {
            return await platform.ReleasesAsync(release.Environment, cancellationToken) is [var newest, ..] && ImageName.IsSame(newest.Image, release.Image) && newest.At >= release.BegunAt
                ? newest.Number
                : null;
        }
        catch (PlatformException)
        {
            return null; // Then the next look at the platform's list takes it over.
        }
    }
}
