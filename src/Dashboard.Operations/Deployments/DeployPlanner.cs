using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Deployments;

/// <summary>Says what a deployment would do, step by step, and what speaks against it.</summary>
public sealed class DeployPlanner(IPlatform platform, IMigrations migrations, ModeSwitch mode, ReleaseLedger ledger, EnvironmentRegistry environments, TimeProvider time)
{
    internal async Task<Plan?> PlanAsync(DeployRelease.Request request, string name, CancellationToken cancellationToken)
    {
        var environment = environments.Get(name);
        var (status, problem) = await StatusAsync(environment, cancellationToken);
        var scope = new DeployScope(environment, request, status, await mode.CarriedAsync(environment, cancellationToken));
        var (machines, unseen) = await MachinesAsync(name, cancellationToken);
        return new Plan
        {
            Target = name,
            IsDestructive = scope.Runs.Any(entry => entry.DestroysData),
            AskedBy = scope.Runs.Count > 0 && !environment.Settings.Migrations.DryRun ? environment.Settings.Migrations.AskedBy : null,
            Steps = [.. StepsOf(scope, machines is { HasOnlyStopped: true })],
            Checks =
            [
                WindowCheck.Of(environment.Settings.Maintenance, time.GetUtcNow(), request.Emergency, environment.Settings.Maintenance.EmergencyOverride, "maintenance.emergencyDeploymentOverride"),
                await ImageCheckAsync(scope, cancellationToken),
                MachineCheck(scope, machines, unseen),
                .. MigrationChecks(scope, problem),
                await HistoryCheckAsync(scope, cancellationToken),
            ],
            NotUndone = [.. NotUndone(scope)],
            Undo = "roll-back of this environment: its plan says whether the old version alone is enough, or migrations or the backup are needed too.",
            Expected = await ExpectedAsync(name, cancellationToken),
        };
    }

    /// <summary>A database that does not answer is a reason to refuse, not to fail.</summary>
    private async Task<(MigrationStatus? Status, string? Problem)> StatusAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            return (await migrations.StatusAsync(environment, cancellationToken), null);
        }
        catch (MigrationException exception)
        {
            return (null, exception.Message);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return (null, $"The database of {environment.Name} does not answer: {exception.GetBaseException().Message.TrimEnd('.')}.");
        }
    }

    private IEnumerable<PlanStep> StepsOf(DeployScope scope, bool starts)
    {
        var rules = scope.Environment.Settings;
        if (scope.MakesBackup)
            yield return new PlanStep($"Write and prove the safety backup safety-{scope.Environment.Name}-<time>.gz");
        foreach (var entry in scope.Runs)
            yield return new PlanStep($"Migrate {entry.Version}: {entry.Description}{(entry.DestroysData ? " (destroys data)" : string.Empty)}");
        if (scope.Runs.Count > 0 && rules.Migrations.DryRun)
            yield return new PlanStep("Nothing of it is applied: migrations.dryRun is on");
        foreach (var command in platform.Describe(scope.Call(string.Empty)))
            yield return new PlanStep(command);
        foreach (var command in starts ? platform.Describe(new PlatformCall.Start(scope.Environment.Name)) : [])
            yield return new PlanStep(command);
        yield return new PlanStep(string.Create(
            CultureInfo.InvariantCulture,
            $"Wait {rules.Deployment.StabilizationTime.TotalSeconds:0.#} s, then look up to {rules.Deployment.HealthCheckRetries} times, {rules.Deployment.HealthCheckInterval.TotalSeconds:0.#} s apart, whether {scope.Version ?? "the new version"} answers on every machine and the health suite is well"));
        yield return new PlanStep(rules.Rollback is { AutoRollback: true, OnHealthCheckFailure: true }
            ? "If it is not: go back to what runs now, by itself"
            : "If it is not: leave it as it is, for a person to decide");
    }

    private async Task<PlanCheck> ImageCheckAsync(DeployScope scope, CancellationToken cancellationToken)
    {
        const string Name = "Image there";
        try
        {
            return await platform.FindImageAsync(scope.Environment.Name, scope.Request.Image, cancellationToken) switch
            {
                ImageState.Available => new PlanCheck(Name, PlanVerdict.Passed, $"{scope.Request.Image} is there."),
                ImageState.Gone => new PlanCheck(Name, PlanVerdict.Blocked, $"{platform.Name} has no image {scope.Request.Image}. Look at its name, or build it again."),
                _ => new PlanCheck(Name, PlanVerdict.Warning, $"{platform.Name} does not say before it is released whether {scope.Request.Image} is there."),
            };
        }
        catch (PlatformException exception)
        {
            return new PlanCheck(Name, PlanVerdict.Blocked, exception.Message);
        }
    }

    private async Task<(PlatformStatus? Status, string? Problem)> MachinesAsync(string environment, CancellationToken cancellationToken)
    {
        try
        {
            return (await ledger.WithVersionAsync(environment, await platform.StatusAsync(environment, cancellationToken), cancellationToken), null);
        }
        catch (PlatformException exception)
        {
            return (null, exception.Message);
        }
    }

    private static PlanCheck MachineCheck(DeployScope scope, PlatformStatus? status, string? unseen)
    {
        const string Name = "Machines";
        if (status is null)
            return new PlanCheck(Name, PlanVerdict.Blocked, unseen ?? "They cannot be seen.");
        var told = string.Create(CultureInfo.InvariantCulture, $"{Counted.Machines(status.Machines.Count)}, {status.VersionTold}, image {status.Image ?? "none"}");
        return status switch
        {
            { IsMixed: true } => new PlanCheck(Name, PlanVerdict.Warning, $"They run different images, as an earlier release stopped half-way: {told}."),
            { HasOnlyStopped: true } => new PlanCheck(Name, PlanVerdict.Passed, $"None runs: {told}. What is stopped gets the image and is started."),
            { IsStopped: true } => new PlanCheck(Name, PlanVerdict.Warning, "There is none: the release makes one."),
            _ when ImageName.IsSame(status.Image, scope.Request.Image) => new PlanCheck(Name, PlanVerdict.Warning, $"They run this image already: {told}."),
            _ => new PlanCheck(Name, PlanVerdict.Passed, $"{told}."),
        };
    }

    private static IEnumerable<PlanCheck> MigrationChecks(DeployScope scope, string? unreadable)
    {
        const string Name = "Migrations";
        var rules = scope.Environment.Settings.Migrations;
        if (scope.Status is not { } status)
        {
            yield return new PlanCheck(Name, PlanVerdict.Blocked, unreadable ?? "They cannot be read.");
            yield break;
        }

        var failed = status.Entries.Where(entry => entry.State is MigrationState.Failed or MigrationState.Running).ToList();
        yield return (status.Problems.Count, failed.Count, status.Pending.Count) switch
        {
            ( > 0, _, _) => new PlanCheck(Name, PlanVerdict.Blocked, string.Join(' ', status.Problems)),
            (_, > 0, _) => new PlanCheck(Name, PlanVerdict.Blocked, $"{string.Join(", ", failed.Select(entry => $"{entry.Version} is {entry.State.ToString().ToLowerInvariant()}"))}; look at it on the page Migrations first."),
            (_, _, 0) => new PlanCheck(Name, PlanVerdict.Passed, $"None is pending; {Counted.Of(status.Applied.Count, "was", "were")} executed."),
            _ when scope.Request.Migrations == DeployRelease.MigrationChoice.Skip => new PlanCheck(Name, PlanVerdict.Warning, $"{Counted.Say(VersionsOf(status.Pending), "stays", "stay")} pending, as was said."),
            _ when scope.Request.Migrations is null && !rules.AutoRun => new PlanCheck(Name, PlanVerdict.Blocked, $"{Counted.Say(VersionsOf(status.Pending), "is", "are")} pending, and {scope.Environment.Name} does not migrate by itself (migrations.autoRun): say run or skip."),
            _ when rules.ValidateOnly => new PlanCheck(Name, PlanVerdict.Warning, $"{Counted.Of(status.Pending.Count, "is valid and stays", "are valid and stay")} pending: migrations.validateOnly is on."),
            _ => new PlanCheck(Name, PlanVerdict.Passed, $"{status.Pending.Count} pending, all valid."),
        };
        if (status.Entries.Where(entry => entry.State == MigrationState.Drifted).ToList() is { Count: > 0 } drifted)
            yield return new PlanCheck("Migration files", PlanVerdict.Warning, $"{Counted.Say(VersionsOf(drifted), "was edited after it", "were edited after they")} ran.");
    }

    private static List<string> VersionsOf(IEnumerable<MigrationEntry> entries) => [.. entries.Select(entry => entry.Version)];

    private async Task<PlanCheck> HistoryCheckAsync(DeployScope scope, CancellationToken cancellationToken)
    {
        var earlier = (await ledger.ListAsync(scope.Environment.Name, 50, before: null, cancellationToken)).FirstOrDefault(release => ImageName.IsSame(release.Image, scope.Request.Image));
        return earlier is { State: ReleaseState.Failed }
            ? new PlanCheck("Earlier tries", PlanVerdict.Warning, $"It failed here on {earlier.BegunAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {earlier.Message}")
            : new PlanCheck("Earlier tries", PlanVerdict.Passed, earlier is null ? "It was never released here." : "It was released here before.");
    }

    private static IEnumerable<string> NotUndone(DeployScope scope)
    {
        if (scope.Runs.Any(entry => entry.DestroysData))
            yield return "What a migration throws away comes back only from the backup.";
        yield return "What the new version writes into the database, and what it sends to others.";
    }

    private async Task<TimeSpan?> ExpectedAsync(string environment, CancellationToken cancellationToken)
    {
        var last = (await ledger.ListAsync(environment, 20, before: null, cancellationToken)).FirstOrDefault(release => release is { Kind: ReleaseKind.Deployment, State: ReleaseState.Complete, EndedAt: not null });
        return last?.EndedAt - last?.BegunAt;
    }
}

/// <summary>What a deployment is about, for its plan and its run alike.</summary>
/// <param name="Carried">What keeps an open maintenance.</param>
internal sealed record DeployScope(TargetEnvironment Environment, DeployRelease.Request Request, MigrationStatus? Status, IReadOnlyDictionary<string, string>? Carried)
{
    /// <summary>What will be migrated.</summary>
    public IReadOnlyList<MigrationEntry> Runs => Status is null || Request.Migrations == DeployRelease.MigrationChoice.Skip || Environment.Settings.Migrations.ValidateOnly ? [] : Status.Pending;

    public bool MakesBackup => !Request.SkipBackup && Environment.Settings.Migrations.BackupEnabled;

    public string? Version => Request.Version ?? ImageName.VersionOf(Request.Image);

    public PlatformCall.Deploy Call(string author) => new(
        Environment.Name, Request.Image, Environment.Settings.Deployment.HealthCheckTimeout, Environment.Settings.Deployment.Canary, Author: author, Variables: Carried);
}
