using System.Globalization;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>Says what a rollback needs and does; the verdict comes first.</summary>
public sealed class RollbackPlanner(RollbackScopes scopes, RestorePlanner restore, IPlatform platform, ReleaseLedger ledger, TimeProvider time)
{
    internal async Task<Plan> PlanAsync(RollBack.Request request, string name, bool allowOutside, CancellationToken cancellationToken)
    {
        var (scope, refusal) = await scopes.ReadAsync(request, name, cancellationToken);
        if (scope is null)
            return new Plan { Target = name, Steps = [], Checks = [new PlanCheck("What to go back to", PlanVerdict.Blocked, refusal ?? "It cannot be told.")], Undo = "Nothing would be changed." };
        var restored = scope.RestoresDatabase ? await restore.PlanAsync(RestoreOf(scope), name, allowOutside, cancellationToken) : null;
        return new Plan
        {
            Target = name,
            Verdict = VerdictOf(scope),
            IsDestructive = scope.RestoresDatabase || scope.TakesBack.Any(entry => entry.DestroysData),
            AskedBy = scope.TakesBack.Count > 0 ? scope.Environment.Settings.Migrations.AskedBy : null,
            Steps = [.. StepsOf(scope, restored)],
            Checks = [.. ChecksOf(scope, restored)],
            NotUndone = [.. NotUndone(scope, restored)],
            Undo = UndoOf(scope),
            Expected = await ExpectedAsync(name, cancellationToken),
        };
    }

    internal static RestoreBackup.Request RestoreOf(RollbackScope scope) => new(scope.Archive);

    private static string VerdictOf(RollbackScope scope) => scope.Request.Type switch
    {
        RollBack.RollbackType.Auto => scope.Verdict.Sentence,
        RollBack.RollbackType.App when scope.Verdict.Way == RollbackWay.AppOnly => scope.Verdict.Sentence,
        RollBack.RollbackType.App => $"The version alone, although the facts say: {scope.Verdict.Sentence}",
        RollBack.RollbackType.Migration => $"The last {Counted.Of(scope.TakesBack.Count, "migration", "migrations")} alone; the version stays as it is.",
        _ => "The database alone, from a backup; the version stays as it is.",
    };

    private IEnumerable<PlanStep> StepsOf(RollbackScope scope, Plan? restored)
    {
        foreach (var entry in scope.TakesBack)
            yield return new PlanStep($"Run the down of {entry.Version}: {entry.Description}{(entry.DestroysData ? " (what it destroyed does not come back)" : string.Empty)}");
        if (restored is not null)
        {
            foreach (var command in platform.Describe(new PlatformCall.Stop(scope.Environment.Name)))
                yield return new PlanStep(command);
            foreach (var step in restored.Steps)
                yield return step;
        }

        if (scope.Call(string.Empty) is { } call)
        {
            foreach (var command in platform.Describe(call))
                yield return new PlanStep(command);
        }

        if (scope.StartsAfterwards)
        {
            foreach (var command in platform.Describe(new PlatformCall.Start(scope.Environment.Name, scope.Call(string.Empty)?.Image)))
                yield return new PlanStep(command);
        }

        if (scope.Target is { } target && scope.ChangesVersion)
            yield return new PlanStep($"Look whether {target.Told} answers on every machine and the health suite is well");
    }

    private IEnumerable<PlanCheck> ChecksOf(RollbackScope scope, Plan? restored)
    {
        var rules = scope.Environment.Settings;
        yield return rules.Rollback.EmergencyEnabled
            ? WindowCheck.Of(rules.Maintenance, time.GetUtcNow(), emergency: true, isAllowedInEmergency: true, "rollback.emergencyRollbackEnabled")
            : WindowCheck.Of(rules.Maintenance, time.GetUtcNow(), scope.Request.Emergency, isAllowedInEmergency: false, "rollback.emergencyRollbackEnabled");
        if (scope.Status is { } status)
            yield return new PlanCheck("Machines", status.IsMixed ? PlanVerdict.Warning : PlanVerdict.Passed, string.Create(CultureInfo.InvariantCulture, $"{Counted.Machines(status.Machines.Count)}, {status.VersionTold}, image {status.Image ?? "none"}{(status.IsMixed ? ", and others: a release stopped half-way" : string.Empty)}."));
        if (scope is { Request.Type: RollBack.RollbackType.Auto, Verdict.Way: RollbackWay.Undecided, Archive: null })
            yield return new PlanCheck("What it needs", PlanVerdict.Blocked, scope.Verdict.Sentence);
        if (scope.Request.Type == RollBack.RollbackType.App && scope.Verdict.Way != RollbackWay.AppOnly)
            yield return new PlanCheck("What it needs", PlanVerdict.Warning, scope.Verdict.Sentence);
        if (scope.Request.Type == RollBack.RollbackType.Migration)
            yield return MigrationCheck(scope);
        foreach (var check in restored?.Checks ?? [])
            yield return check;
    }

    private static PlanCheck MigrationCheck(RollbackScope scope)
    {
        const string Name = "Can be taken back";
        if (scope.TakesBack.Count < scope.Request.Steps)
            return new PlanCheck(Name, PlanVerdict.Blocked, $"Only {Counted.Of(scope.TakesBack.Count, "migration is", "migrations are")} applied, and {Counted.Of(scope.Request.Steps, "was", "were")} asked for.");
        var without = scope.TakesBack.Where(entry => !entry.HasDown || entry.State == Migrations.MigrationState.Orphaned).ToList();
        if (without.Count > 0)
            return new PlanCheck(Name, PlanVerdict.Blocked, $"{string.Join(", ", without.Select(entry => entry.Version))} cannot be taken back: no down. Restore the backup of the time before instead.");
        var lossy = scope.TakesBack.Where(entry => entry.DestroysData).ToList();
        return lossy.Count == 0
            ? new PlanCheck(Name, PlanVerdict.Passed, "Each has a down.")
            : new PlanCheck(Name, PlanVerdict.Warning, $"{string.Join(", ", lossy.Select(entry => entry.Version))} destroyed data that a down does not bring back.");
    }

    private static IEnumerable<string> NotUndone(RollbackScope scope, Plan? restored)
    {
        foreach (var text in restored?.NotUndone ?? [])
            yield return text;
        if (!scope.ChangesVersion)
            yield break;
        yield return "Secrets, settings, volumes and the number of machines: they stay as they are now.";
        yield return "What the present version did outside of its database: mails, webhooks, payments.";
        if (restored is null)
            yield return "What the present version wrote into the database stays there.";
    }

    private static string UndoOf(RollbackScope scope) => scope.Request.Type switch
    {
        RollBack.RollbackType.Database => "undo-restore with the id of this run, while what was there before is kept.",
        RollBack.RollbackType.Migration => "run-migrations runs them again.",
        _ when scope.RestoresDatabase => $"undo-restore with the id of this run, then deploy-release of {scope.Running}.",
        _ => $"deploy-release of {scope.Running ?? "the present image"}{(scope.TakesBack.Count > 0 ? ", which runs the migrations again" : string.Empty)}.",
    };

    private async Task<TimeSpan?> ExpectedAsync(string environment, CancellationToken cancellationToken)
    {
        var last = (await ledger.ListAsync(environment, 50, before: null, cancellationToken)).FirstOrDefault(release => release is { Kind: ReleaseKind.Rollback, State: ReleaseState.Complete, EndedAt: not null });
        return last?.EndedAt - last?.BegunAt;
    }
}
