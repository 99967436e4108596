using Dashboard.Operations.Environments;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;

namespace Dashboard.Testing.Engine;

/// <summary>For engines whose tests are of something else: no migrations anywhere.</summary>
public sealed class StillMigrations : IMigrations
{
    public Task<MigrationStatus> StatusAsync(TargetEnvironment environment, CancellationToken cancellationToken) => throw new MigrationException("The test has no migrations.");

    public Task<MigrationOutcome> UpAsync(TargetEnvironment environment, string? release, string? upTo, OperationSteps steps, CancellationToken cancellationToken) => Task.FromResult(new MigrationOutcome([], null));

    public Task<MigrationOutcome> DownAsync(TargetEnvironment environment, IReadOnlyList<string> versions, OperationSteps steps, CancellationToken cancellationToken) => Task.FromResult(new MigrationOutcome([], null));

    public Task<string?> GiveUpAsync(TargetEnvironment environment, Run run, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
