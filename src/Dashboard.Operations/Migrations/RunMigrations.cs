using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Migrations;

/// <summary>Runs what is pending in numeric order, after a backup; the first failure is recorded and ends it.</summary>
public sealed class RunMigrations(EnvironmentMigrations migrations, MigrationPlanner planner, MigrationBackup backup, MigrationRecovery recovery, EnvironmentRegistry environments)
    : Operation<RunMigrations.Request>
{
    /// <param name="UpTo">The last one to run; null runs all that are pending.</param>
    /// <param name="DryRun">Checks the files and says what would run; changes nothing.</param>
    /// <param name="RetryFailed">Goes on with one that failed earlier: what was carried out of an unchanged file is not carried out again.</param>
    /// <param name="Emergency">Also outside the window, where config allows it.</param>
    public sealed record Request(
        [property: RegularExpression("^[0-9]{1,18}$", ErrorMessage = "A migration's version is made of digits.")] string? UpTo = null,
        bool DryRun = false,
        bool RetryFailed = false,
        bool Emergency = false);

    public override string Title => "Run migrations";

    public override string Summary => "Backs the database up, runs the pending migrations in order and records each; the first failure ends it, and later ones do not run.";

    public override Role Needs => Role.Operator;

    public override EventPhase? Phase => EventPhase.Migration;

    protected override bool TakesLeaseFor(Request request) => !request.DryRun;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken) =>
        request.DryRun ? null : await planner.ToRunAsync(request, environments.Get(environment), cancellationToken);

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        await steps.BeginAsync("Look at the migrations", cancellationToken);
        var order = new MigrationOrder(UpTo: request.UpTo, RetryFailed: request.RetryFailed);
        try
        {
            var (wanted, refusal) = order.ChooseFrom(await migrations.StatusAsync(environment, cancellationToken), isLocked: true);
            if (refusal is not null)
                return OperationResult.Failure(refusal);
            steps.Note(wanted.Count == 0 ? "Nothing is pending." : $"Pending: {Versions(wanted.Select(entry => entry.Version))}");
            if (wanted.Count == 0)
                return OperationResult.Success($"Nothing is pending in {environment.Name}.");
            if (request.DryRun || FileMigrations.WhyOnlyShown(environment) is not null)
                return await ShowAsync(environment, wanted, steps, cancellationToken);
            // Without a plan nobody has confirmed anything: what came meanwhile waits for the next call.
            if (steps.Run.Plan is null)
                return OperationResult.Failure($"{Versions(wanted.Select(entry => entry.Version))} became pending after this was asked for, and nobody has confirmed that. Look at the plan and start again.");
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return OperationResult.Failure($"The records of {environment.Name} cannot be read: {exception.GetBaseException().Message.TrimEnd('.')}. Nothing was changed; start again when its database answers.");
        }

        return await backup.WhyNoneAsync(environment, steps, cancellationToken) is { } reason
            ? OperationResult.Failure(reason)
            : await MigrateAsync(environment, order, steps, cancellationToken);
    }

    /// <summary>Says of each running record how far it came, and repeats nothing.</summary>
    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        string?[] done = [await recovery.RecoverAsync(run, cancellationToken), backup.Clear(run.Id)];
        return done.Any(text => text is not null) ? string.Join("; ", done.OfType<string>()) : null;
    }

    private async Task<OperationResult> MigrateAsync(TargetEnvironment environment, MigrationOrder order, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Run the migrations", cancellationToken);
        var outcome = await migrations.UpAsync(environment, order, steps, cancellationToken);
        steps.Note(outcome.Done.Count == 0 ? "None was executed." : $"Executed: {Versions(outcome.Done)}");
        if (outcome.Done.Count > 0)
            steps.Fact("executed-migrations", Versions(outcome.Done));
        if (outcome.Problem is not null)
            return OperationResult.Failure(outcome.Done.Count == 0 ? outcome.Problem : $"{outcome.Problem} Executed before it: {Versions(outcome.Done)}.");

        await steps.BeginAsync("Read the records back", cancellationToken);
        var after = await migrations.StatusAsync(environment, cancellationToken);
        var missing = outcome.Done.Where(version => !after.Applied.Any(entry => MigrationNumber.AreSame(entry.Version, version))).ToList();
        if (missing.Count > 0)
            return OperationResult.Failure($"{Versions(missing)} ran, and the database has no record of it. Look at the collection '{environment.Settings.Migrations.Collection}' before anything else is done.");
        steps.Note(after.Pending.Count == 0 ? "Nothing is pending any more." : $"Still pending: {Versions(after.Pending.Select(entry => entry.Version))}");
        return OperationResult.Success(
            $"{(outcome.Done.Count == 1 ? "Migration" : "Migrations")} {Versions(outcome.Done)} {(outcome.Done.Count == 1 ? "is" : "are")} executed in {environment.Name}.{(outcome.Remark is null ? null : $" {outcome.Remark}")}");
    }

    private static async Task<OperationResult> ShowAsync(TargetEnvironment environment, IReadOnlyList<MigrationEntry> wanted, OperationSteps steps, CancellationToken cancellationToken)
    {
        var rules = environment.Settings.Migrations;
        var files = rules.Commands is null ? (await MigrationFolder.ReadAsync(rules.Folder, rules.Collection, cancellationToken)).Files : [];
        foreach (var entry in wanted)
        {
            steps.Log($"{entry.Version} ({entry.Description}) would run");
            foreach (var command in files.FirstOrDefault(file => MigrationNumber.AreSame(file.Version, entry.Version))?.Up ?? [])
                steps.Log($"  {MigrationCommand.Told(command)}");
        }

        return OperationResult.Success($"{FileMigrations.WhyOnlyShown(environment) ?? "Dry run:"} {Versions(wanted.Select(entry => entry.Version))} would run. Nothing was changed.");
    }

    private static string Versions(IEnumerable<string> versions) => string.Join(", ", versions);
}
