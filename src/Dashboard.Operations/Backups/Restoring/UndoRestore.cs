using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Turns a restore back: what was there before takes its names again, and what is live now is kept as that was, so that an undo can be undone.</summary>
public sealed class UndoRestore(RestoreJournal journal, RestoreRecovery recovery, EnvironmentRegistry environments, MaintenanceSweep maintenance, TimeProvider time)
    : Operation<UndoRestore.Request>
{
    private const string This = "<run>";

    /// <param name="Run">The restore (or the undo) to turn back; null: the newest of the environment that can be.</param>
    public sealed record Request([property: StringLength(24, MinimumLength = 24)] string? Run = null);

    public override string Title => "Undo the restore";

    public override string Summary => "Brings back what a restore moved aside, as long as it is kept; what is live now is moved aside in turn.";

    public override Role Needs => Role.Operator;

    public override bool NeedsProofIn(string environment) => true;

    public override EventPhase? Phase => EventPhase.Rollback;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken)
    {
        var (undone, refusal) = await FindAsync(request, environment, cancellationToken);
        if (undone is null)
            return Blocked(environment, refusal);
        var look = await DatabaseLook.AtAsync(DatabaseOf(undone), names: null, cancellationToken);
        var names = SwapNames.Back(look, undone);
        return new Plan
        {
            Target = undone.Database,
            Steps = [.. names.Select(name => new PlanStep(WhatOf(name, undone)))],
            Checks = [.. await ChecksAsync(undone, names, look, cancellationToken)],
            NotUndone = ["What was written since the restore is not in what comes back; it is kept in the collections that are moved aside."],
            Undo = string.Create(CultureInfo.InvariantCulture, $"undo-restore with the id of this run, within {KeepOf(undone).TotalHours:0} hours."),
        };
    }

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Look at what is kept", cancellationToken);
        var (undone, refusal) = await FindAsync(request, steps.Run.Environment, cancellationToken);
        if (undone is null)
            return OperationResult.Failure($"{refusal} Nothing was changed.");
        steps.Fact("undone-run", undone.Id);
        steps.Fact("target-database", undone.Database);
        var unfinished = await journal.UnfinishedAsync(undone.Environment, DatabaseOf(undone), cancellationToken);
        if (unfinished.Count > 0)
            return OperationResult.Failure($"The restore {unfinished[0].Told} stopped in the middle and has to be finished first; the dashboard's watch does it within a minute. Nothing was changed.");
        try
        {
            return await SwapBackAsync(undone, steps, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"The database stopped answering at the swap ({exception.GetBaseException().Message.TrimEnd('.')}).", exception);
        }
    }

    /// <summary>Brings the database to one of its two ends and says which it is.</summary>
    protected internal override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) => recovery.RecoverAsync(run, cancellationToken);

    private async Task<OperationResult> SwapBackAsync(RestoreRecord undone, OperationSteps steps, CancellationToken cancellationToken)
    {
        var database = DatabaseOf(undone);
        var proven = new RestoreRecord
        {
            Id = steps.Run.Id,
            Undoes = undone.Id,
            Environment = undone.Environment,
            Database = undone.Database,
            Server = await RestoreServer.AskAsync(database.Client, cancellationToken),
            State = RestoreState.Proven,
            BegunAt = time.GetUtcNow(),
        };
        await steps.BeginAsync("Swap back", cancellationToken, StepStop.Never);
        await journal.InsertAsync(proven, cancellationToken);
        var look = await DatabaseLook.AtAsync(database, names: null, cancellationToken);
        var names = SwapNames.Back(look, undone);
        if (WhyNotSwappable(undone, names, look) is { } reason)
        {
            await recovery.AbandonAsync(proven, _ => Task.CompletedTask, steps.ConfirmLeaseAsync, cancellationToken);
            return OperationResult.Failure($"{reason} The live database '{undone.Database}' is as it was.");
        }

        await steps.ConfirmLeaseAsync(cancellationToken);
        var swap = new RestoreSwap(journal, time);
        var swapping = await swap.BeginAsync(proven, names, cancellationToken);
        using var patience = new StopPatience(cancellationToken);
        var swapped = await swap.ForwardAsync(database, swapping, KeepOf(undone), steps.ConfirmLeaseAsync, steps.Log, patience.Token);
        await maintenance.TellAsync(environments.Get(undone.Environment), database, steps, patience.Token);
        steps.Fact("live-database", "entirely the new one");
        steps.Fact("kept-until", string.Create(CultureInfo.InvariantCulture, $"{swapped.ExpiresAt:O}"));
        return OperationResult.Success(string.Create(
            CultureInfo.InvariantCulture,
            $"The live database '{undone.Database}' is entirely what it was before the restore {undone.Told}. What was live until now is kept until {swapped.ExpiresAt?.UtcDateTime:yyyy-MM-dd HH:mm} UTC; undo-restore with run {swapped.Id} brings it back."));
    }

    private async Task<(RestoreRecord? Record, string? Refusal)> FindAsync(Request request, string environment, CancellationToken cancellationToken)
    {
        if (request.Run is null)
        {
            var newest = (await journal.ListHereAsync(environments.Get(environment), cancellationToken)).FirstOrDefault(record => record.State == RestoreState.Swapped);
            if (newest is not null)
                return (newest, null);
            var elsewhere = (await journal.ListAsync(environment, cancellationToken)).FirstOrDefault(record => record.State == RestoreState.Swapped);
            return (null, elsewhere is null ? $"There is no restore of {environment} that could be undone." : await WhyElsewhereAsync(elsewhere, cancellationToken));
        }

        return await journal.FindAsync(request.Run, cancellationToken) switch
        {
            null => (null, $"There is no restore with the id {request.Run}."),
            { Environment: var other } when other != environment => (null, $"The restore {request.Run} was of {other}, not of {environment}."),
            { State: RestoreState.Undone } done => (null, $"The restore {done.Told} has been undone already, by run {done.UndoneBy}."),
            { State: RestoreState.Expired } done => (null, string.Create(CultureInfo.InvariantCulture, $"What was there before the restore {done.Told} was kept until {done.ExpiresAt?.UtcDateTime:yyyy-MM-dd HH:mm} UTC and is gone; restore its safety backup {done.SafetyBackup} instead.")),
            { State: RestoreState.Abandoned } done => (null, $"The restore {done.Told} changed nothing; there is nothing to undo."),
            { IsUnfinished: true } going => (null, $"The restore {going.Told} has not come to its end."),
            var record => await WhyElsewhereAsync(record, cancellationToken) is { } elsewhere ? (null, elsewhere) : (record, null),
        };
    }

    /// <summary>A database of the same name on another server must not be given what this one had before.</summary>
    private async Task<string?> WhyElsewhereAsync(RestoreRecord record, CancellationToken cancellationToken) =>
        await recovery.WhyElsewhereAsync(record, cancellationToken) is { } elsewhere
            ? $"{char.ToUpperInvariant(elsewhere[0])}{elsewhere[1..]}. Undo it there: MONGODB_URI=<that server> scripts/dashboard run undo-restore --environment {record.Environment} --run {record.Id} --server-from MONGODB_URI."
            : null;

    private async Task<List<PlanCheck>> ChecksAsync(RestoreRecord undone, IReadOnlyList<SwapName> names, DatabaseLook look, CancellationToken cancellationToken)
    {
        var checks = new List<PlanCheck>
        {
            undone.ExpiresAt > time.GetUtcNow()
                ? new("Kept", PlanVerdict.Passed, string.Create(CultureInfo.InvariantCulture, $"Until {undone.ExpiresAt?.UtcDateTime:yyyy-MM-dd HH:mm} UTC."))
                : new("Kept", PlanVerdict.Blocked, string.Create(CultureInfo.InvariantCulture, $"It was kept until {undone.ExpiresAt?.UtcDateTime:yyyy-MM-dd HH:mm} UTC; restore the safety backup {undone.SafetyBackup} instead.")),
            WhyNotSwappable(undone, names, look) is { } reason
                ? new("Whole", PlanVerdict.Blocked, reason)
                : new("Whole", PlanVerdict.Passed, "Every collection that was moved aside is there."),
        };
        if (undone.ExpiresAt is not null && (await journal.ListHereAsync(environments.Get(undone.Environment), cancellationToken)).FirstOrDefault(later => later.Database == undone.Database && later.State == RestoreState.Swapped && string.CompareOrdinal(later.Id, undone.Id) > 0) is { } later)
            checks.Add(new("Newest", PlanVerdict.Warning, $"The restore {later.Told} came after it; what that one brought is moved aside as well."));
        return checks;
    }

    private static string? WhyNotSwappable(RestoreRecord undone, IReadOnlyList<SwapName> names, DatabaseLook look)
    {
        var missing = names.Where(name => name.After == SwapKind.Collection && look.KindOf(WorkingNames.Before(undone.Id, name.Name)) != SwapKind.Collection).Select(name => name.Name).ToList();
        if (missing.Count > 0)
            return $"What is kept is not whole any more: {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} gone. Restore the safety backup {undone.SafetyBackup} instead.";
        var stuck = names.FirstOrDefault(name => name.ChangesKind || !look.CanBeRenamed(name.Name));
        return stuck is null ? null : $"'{stuck.Name}' is of a kind that cannot be moved aside (a time series, stored functions, or a view where a collection was). Drop it, or restore the safety backup {undone.SafetyBackup} into a new database.";
    }

    private static string WhatOf(SwapName name, RestoreRecord undone) => name switch
    {
        { IsView: true } => RestorePlanner.WhatOf(name),
        { After: SwapKind.None } => $"{name.Name}: moved aside to __before_{This}.{name.Name}",
        { Before: SwapKind.None } => $"{name.Name}: comes back from {WorkingNames.Before(undone.Id, name.Name)}",
        _ => $"{name.Name}: moved aside to __before_{This}.{name.Name}, and comes back from {WorkingNames.Before(undone.Id, name.Name)}",
    };

    private static Plan Blocked(string environment, string? why) => new()
    {
        Target = environment,
        Steps = [],
        Checks = [new PlanCheck("Restore to undo", PlanVerdict.Blocked, why ?? "There is none.")],
        Undo = "Nothing would be changed.",
    };

    private MongoDB.Driver.IMongoDatabase DatabaseOf(RestoreRecord record) => environments.Get(record.Environment).Database.Client.GetDatabase(record.Database);

    private TimeSpan KeepOf(RestoreRecord record) => environments.Get(record.Environment).Settings.BackupKeepBefore;
}
