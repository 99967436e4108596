using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Migrations;

/// <summary>Says exactly what running or rolling back migrations would do, what speaks against it, and how to get back.</summary>
public sealed class MigrationPlanner(EnvironmentMigrations migrations, RunHistory history, TimeProvider time)
{
    /// <summary>Null when nothing is pending, or nothing may be applied there anyway.</summary>
    internal async Task<Plan?> ToRunAsync(RunMigrations.Request request, TargetEnvironment environment, CancellationToken cancellationToken)
    {
        if (FileMigrations.WhyOnlyShown(environment) is not null)
            return null;
        var (status, unread) = await ReadAsync(environment, cancellationToken);
        if (status is null)
            return Blocked(environment, "Database", unread);
        var order = new MigrationOrder(UpTo: request.UpTo, RetryFailed: request.RetryFailed);
        var (wanted, refusal) = order.ChooseFrom(status, isLocked: true);
        if (refusal is null && wanted.Count == 0)
            return null;
        var commands = await CommandsAsync(environment, cancellationToken);
        return new Plan
        {
            Target = environment.Name,
            IsDestructive = wanted.Any(entry => entry.DestroysData),
            AskedBy = environment.Settings.Migrations.AskedBy,
            Steps =
            [
                new PlanStep(wanted.Count == 0 ? "Run no migration" : $"Run {Count(wanted.Count)} in this order: {Versions(wanted)}"),
                .. environment.Settings.Migrations.BackupEnabled && wanted.Count > 0 ? [BackupStep(environment)] : Array.Empty<PlanStep>(),
                .. wanted.Select(entry => new PlanStep(WhatOf(entry, commands, isDown: false), DetailOf(entry))),
            ],
            Checks =
            [
                .. Common(status, refusal),
                WindowCheck.Of(environment.Settings.Maintenance, time.GetUtcNow(), request.Emergency, environment.Settings.Maintenance.EmergencyOverride, "maintenance.emergencyDeploymentOverride"),
                .. environment.Settings.Migrations.BackupEnabled || !wanted.Any(entry => entry.DestroysData)
                    ? Array.Empty<PlanCheck>()
                    : [new PlanCheck("Backup before", PlanVerdict.Warning, $"{Versions([.. wanted.Where(entry => entry.DestroysData)])} destroys data, and migrations.backupEnabled is off: run create-backup first.")],
            ],
            NotUndone = [.. wanted.Where(entry => entry.DestroysData).Select(entry => $"What migration {entry.Version} throws away: its down cannot bring it back.")],
            Undo = wanted.All(entry => entry.HasDown)
                ? "roll-back-migrations runs their down, newest first; after that, restore-backup of the safety backup."
                : $"restore-backup of the safety backup: {Versions([.. wanted.Where(entry => !entry.HasDown)])} has no down.",
            Expected = await ExpectedAsync(environment, typeof(RunMigrations), cancellationToken),
        };
    }

    /// <summary>Null when nothing may be applied there anyway.</summary>
    internal async Task<Plan?> ToRollBackAsync(RollBackMigrations.Request request, TargetEnvironment environment, CancellationToken cancellationToken)
    {
        if (FileMigrations.WhyOnlyShown(environment) is not null)
            return null;
        var (status, unread) = await ReadAsync(environment, cancellationToken);
        if (status is null)
            return Blocked(environment, "Database", unread);
        var (wanted, refusal) = request.ChooseFrom(status);
        if (refusal is null)
            refusal = MigrationOrder.ChooseBack(status, [.. wanted.Select(entry => entry.Version)]).Refusal;
        var commands = await CommandsAsync(environment, cancellationToken);
        return new Plan
        {
            Target = environment.Name,
            Steps =
            [
                new PlanStep(wanted.Count == 0 ? "Roll back no migration" : $"Roll back {Count(wanted.Count)} in this order: {Versions(wanted)}"),
                .. environment.Settings.Migrations.BackupEnabled && wanted.Count > 0 ? [BackupStep(environment)] : Array.Empty<PlanStep>(),
                .. wanted.Select(entry => new PlanStep(WhatOf(entry, commands, isDown: true), DetailOf(entry))),
            ],
            Checks =
            [
                .. Common(status, refusal),
                new PlanCheck(
                    "Data",
                    wanted.Any(entry => LosesData(entry, commands)) ? PlanVerdict.Warning : PlanVerdict.Passed,
                    wanted.Any(entry => LosesData(entry, commands))
                        ? $"{Versions([.. wanted.Where(entry => LosesData(entry, commands))])}: data is lost. What the up threw away does not come back, and what was written into what it added goes. The safety backup keeps it."
                        : "No command of theirs throws data away."),
                WindowCheck.Of(environment.Settings.Maintenance, time.GetUtcNow(), request.Emergency, environment.Settings.Rollback.EmergencyEnabled, "rollback.emergencyRollbackEnabled"),
            ],
            NotUndone = ["The application's release: one that needs what is rolled back will fail. Roll that back as well."],
            Undo = "run-migrations runs them again; what their down throws away is in the safety backup.",
            Expected = await ExpectedAsync(environment, typeof(RollBackMigrations), cancellationToken),
        };
    }

    private async Task<(MigrationStatus? Status, string Unread)> ReadAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            return (await migrations.StatusAsync(environment, cancellationToken), string.Empty);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return (null, $"The records of {environment.Name} cannot be read: {exception.GetBaseException().Message.TrimEnd('.')}. Check its database, then look again.");
        }
    }

    private static IEnumerable<PlanCheck> Common(MigrationStatus status, string? refusal)
    {
        yield return status.Problems.Count == 0
            ? new PlanCheck("Migration files", PlanVerdict.Passed, "All of them are well-formed, and no number is there twice.")
            : new PlanCheck("Migration files", PlanVerdict.Blocked, string.Join(' ', status.Problems));
        if (refusal is not null && status.Problems.Count == 0)
            yield return new PlanCheck("What is asked for", PlanVerdict.Blocked, refusal);
        foreach (var entry in status.Entries.Where(entry => entry.State is MigrationState.Drifted or MigrationState.Orphaned))
            yield return new PlanCheck($"{entry.State} {entry.Version}", PlanVerdict.Warning, entry.Note ?? "Look at it.");
        foreach (var entry in status.Entries.Where(entry => entry.State is MigrationState.Failed or MigrationState.Running && refusal is null))
            yield return new PlanCheck($"Failed earlier: {entry.Version}", PlanVerdict.Warning, entry.Note ?? "Look at what it left.");
    }

    private static async Task<IReadOnlyList<MigrationFile>?> CommandsAsync(TargetEnvironment environment, CancellationToken cancellationToken) => environment.Settings.Migrations.Commands is null
        ? (await MigrationFolder.ReadAsync(environment.Settings.Migrations.Folder, environment.Settings.Migrations.Collection, cancellationToken)).Files
        : null;

    private static string WhatOf(MigrationEntry entry, IReadOnlyList<MigrationFile>? files, bool isDown)
    {
        var verb = isDown ? "Roll back" : "Run";
        var file = files?.FirstOrDefault(file => MigrationNumber.AreSame(file.Version, entry.Version));
        return file is null
            ? $"{verb} {entry.Version} ({entry.Description}){(files is null ? " with the application's own command" : null)}"
            : $"{verb} {file.Told}: {string.Join(" · ", (isDown ? file.Down : file.Up).Select(MigrationCommand.Told))}";
    }

    private static string? DetailOf(MigrationEntry entry) => entry switch
    {
        { DestroysData: true, HasDown: false } => "destroys data, has no down",
        { DestroysData: true } => "destroys data",
        { HasDown: false } => "has no down",
        { AddsOnly: true } => "only adds",
        _ => null,
    };

    private static bool LosesData(MigrationEntry entry, IReadOnlyList<MigrationFile>? files) =>
        entry.DestroysData || (files?.FirstOrDefault(file => MigrationNumber.AreSame(file.Version, entry.Version))?.Down.Any(MigrationCommand.DestroysData) ?? false);

    private static PlanStep BackupStep(TargetEnvironment environment) =>
        new($"Write and prove the safety backup safety-{environment.Name}-<time>.gz of '{environment.Database.DatabaseNamespace.DatabaseName}'");

    private static Plan Blocked(TargetEnvironment environment, string name, string why) => new()
    {
        Target = environment.Name,
        Steps = [],
        Checks = [new PlanCheck(name, PlanVerdict.Blocked, why)],
        Undo = "Nothing would be changed.",
    };

    private async Task<TimeSpan?> ExpectedAsync(TargetEnvironment environment, Type operation, CancellationToken cancellationToken)
    {
        var before = await history.ListAsync(new RunFilter(environment.Name, Operation.NameOf(operation), [RunState.Succeeded]), 1, before: null, cancellationToken);
        return before is [{ StartedAt: { } began, FinishedAt: { } ended }] ? ended - began : null;
    }

    private static string Versions(IReadOnlyList<MigrationEntry> entries) => string.Join(", ", entries.Select(entry => entry.Version));

    private static string Count(int count) => count == 1 ? "1 migration" : FormattableString.Invariant($"{count} migrations");
}
