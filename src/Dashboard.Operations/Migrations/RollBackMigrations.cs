using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Migrations;

/// <summary>Runs the <c>down</c> of the newest migrations, newest first, after a backup; the first failure is recorded and ends it.</summary>
public sealed class RollBackMigrations(EnvironmentMigrations migrations, MigrationPlanner planner, MigrationBackup backup, MigrationRecovery recovery, EnvironmentRegistry environments)
    : Operation<RollBackMigrations.Request>
{
    /// <param name="Steps">How many, counted from the newest executed one; 1 when nothing is said.</param>
    /// <param name="To">The version that stays: all that were executed after it are rolled back; 0 is all.</param>
    /// <param name="Emergency">Also outside the window, where config allows it.</param>
    public sealed record Request(
        [property: Range(1, 50)] int? Steps = null,
        [property: RegularExpression("^[0-9]{1,18}$", ErrorMessage = "A migration's version is made of digits.")] string? To = null,
        bool Emergency = false) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Steps is not null && To is not null)
                yield return new ValidationResult("Say either how many (steps) or which one stays (to).", [nameof(Steps)]);
        }

        /// <summary>Newest first, or why there are none.</summary>
        internal (IReadOnlyList<MigrationEntry> Entries, string? Refusal) ChooseFrom(MigrationStatus status)
        {
            var all = status.NewestFirst;
            if (all.Count == 0)
                return ([], "No migration is executed, so there is nothing to roll back.");
            if (To is null)
            {
                return (Steps ?? 1) > all.Count
                    ? ([], $"There are only {all.Count} executed migrations ({string.Join(", ", all.Select(entry => entry.Version))}).")
                    : ([.. all.Take(Steps ?? 1)], null);
            }

            if (MigrationNumber.Of(To) == 0)
                return (all, null);
            var stays = all.ToList().FindIndex(entry => MigrationNumber.AreSame(entry.Version, To));
            return stays switch
            {
                < 0 => ([], $"Migration {To} is not executed; executed are {string.Join(", ", all.Select(entry => entry.Version))}."),
                0 => ([], $"Migration {To} is the newest that is executed; there is nothing to roll back."),
                _ => ([.. all.Take(stays)], null),
            };
        }
    }

    public override string Title => "Roll back migrations";

    public override string Summary => "Backs the database up and runs the down of the newest migrations, newest first; the first failure ends it, and the ones before stay.";

    public override Role Needs => Role.Operator;

    public override bool NeedsProofIn(string environment) => true;

    public override EventPhase? Phase => EventPhase.Rollback;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken) =>
        await planner.ToRollBackAsync(request, environments.Get(environment), cancellationToken);

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        await steps.BeginAsync("Look at the migrations", cancellationToken);
        IReadOnlyList<string> versions;
        try
        {
            var (wanted, refusal) = request.ChooseFrom(await migrations.StatusAsync(environment, cancellationToken));
            if (refusal is not null)
                return OperationResult.Failure($"{refusal} Nothing was changed.");
            versions = [.. wanted.Select(entry => entry.Version)];
            steps.Note($"To be rolled back: {string.Join(", ", versions)}");
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return OperationResult.Failure($"The records of {environment.Name} cannot be read: {exception.GetBaseException().Message.TrimEnd('.')}. Nothing was changed; start again when its database answers.");
        }

        if (FileMigrations.WhyOnlyShown(environment) is { } only)
            return OperationResult.Success($"{only} {string.Join(", ", versions)} would be rolled back. Nothing was changed.");
        return await backup.WhyNoneAsync(environment, steps, cancellationToken) is { } reason
            ? OperationResult.Failure(reason)
            : await RollBackAsync(environment, versions, steps, cancellationToken);
    }

    /// <summary>Says of each running record how far it came, and repeats nothing.</summary>
    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        string?[] done = [await recovery.RecoverAsync(run, cancellationToken), backup.Clear(run.Id)];
        return done.Any(text => text is not null) ? string.Join("; ", done.OfType<string>()) : null;
    }

    private async Task<OperationResult> RollBackAsync(TargetEnvironment environment, IReadOnlyList<string> versions, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Roll the migrations back", cancellationToken);
        var outcome = await migrations.DownAsync(environment, versions, steps, cancellationToken);
        steps.Note(outcome.Done.Count == 0 ? "None was rolled back." : $"Rolled back: {string.Join(", ", outcome.Done)}");
        if (outcome.Done.Count > 0)
            steps.Fact("rolled-back-migrations", string.Join(", ", outcome.Done));
        if (outcome.Problem is not null)
            return OperationResult.Failure(outcome.Done.Count == 0 ? outcome.Problem : $"{outcome.Problem} Rolled back before it: {string.Join(", ", outcome.Done)}.");

        await steps.BeginAsync("Read the records back", cancellationToken);
        var after = await migrations.StatusAsync(environment, cancellationToken);
        var left = outcome.Done.Where(version => after.NewestFirst.Any(entry => MigrationNumber.AreSame(entry.Version, version))).ToList();
        if (left.Count > 0)
            return OperationResult.Failure($"The down of {string.Join(", ", left)} ran, and the database still has its record. Look at the collection '{environment.Settings.Migrations.Collection}' before anything else is done.");
        return OperationResult.Success(
            $"{(outcome.Done.Count == 1 ? "Migration" : "Migrations")} {string.Join(", ", outcome.Done)} {(outcome.Done.Count == 1 ? "is" : "are")} rolled back in {environment.Name}.{(outcome.Remark is null ? null : $" {outcome.Remark}")}");
    }
}
