using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Migrations;

/// <summary>The two ways in which an environment's migrations are run: as files of commands by this product, or by the application's own command.</summary>
public sealed class EnvironmentMigrations(FileMigrations files, CommandMigrations commands, MigrationRecovery recovery) : IMigrations
{
    public Task<MigrationStatus> StatusAsync(TargetEnvironment environment, CancellationToken cancellationToken) => environment.Settings.Migrations.Commands is null
        ? FileMigrations.StatusAsync(environment, cancellationToken)
        : CommandMigrations.StatusAsync(environment, cancellationToken);

    public Task<MigrationOutcome> UpAsync(TargetEnvironment environment, string? release, string? upTo, OperationSteps steps, CancellationToken cancellationToken) =>
        UpAsync(environment, new MigrationOrder(release, upTo), steps, cancellationToken);

    public Task<MigrationOutcome> DownAsync(TargetEnvironment environment, IReadOnlyList<string> versions, OperationSteps steps, CancellationToken cancellationToken) => environment.Settings.Migrations.Commands is null
        ? files.DownAsync(environment, versions, steps, cancellationToken)
        : commands.DownAsync(environment, versions, steps, cancellationToken);

    public Task<string?> GiveUpAsync(TargetEnvironment environment, Run run, CancellationToken cancellationToken) => recovery.RecoverAsync(environment, run, cancellationToken);

    internal Task<MigrationOutcome> UpAsync(TargetEnvironment environment, MigrationOrder order, OperationSteps steps, CancellationToken cancellationToken) => environment.Settings.Migrations.Commands is null
        ? files.UpAsync(environment, order, steps, cancellationToken)
        : commands.UpAsync(environment, order, steps, cancellationToken);
}
