using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Migrations;

/// <summary>What the page and the HTTP door show of migrations; an environment that cannot be read says so and does not hide the others.</summary>
public sealed class MigrationPages(EnvironmentMigrations migrations, EnvironmentRegistry environments, Leases leases, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public async Task<IReadOnlyList<MigrationSection>> ListAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(environments.All.Select(environment => ReadAsync(environment, cancellationToken)));

    /// <summary>Null when there is no such environment.</summary>
    public async Task<MigrationSection?> FindAsync(string environment, CancellationToken cancellationToken) =>
        environments.Find(environment) is { } found ? await ReadAsync(found, cancellationToken) : null;

    private async Task<MigrationSection> ReadAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var holder = await leases.HolderAsync(environment.Name, cancellationToken);
        var section = new MigrationSection(environment.Name, environment.Title, Status: null, [], Problem: null, holder, FileMigrations.WhyOnlyShown(environment));
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return section with
            {
                Status = await migrations.StatusAsync(environment, either.Token),
                Foreign = await ForeignMigrations.ReadAsync(environment, either.Token),
            };
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || (exception is OperationCanceledException && limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            return section with { Problem = $"The database of {environment.Title} does not answer, so nobody can tell which migrations ran: {(exception is OperationCanceledException ? "no answer in time" : exception.GetBaseException().Message.TrimEnd('.'))}." };
        }
    }
}

/// <summary>The migrations of one environment.</summary>
/// <param name="Status">Null when they cannot be told; the problem then says why.</param>
/// <param name="Foreign">What other tools have recorded there.</param>
/// <param name="OnlyShown">Why nothing is ever applied here; null when it is.</param>
public sealed record MigrationSection(
    string Environment, string Title, MigrationStatus? Status, IReadOnlyList<ForeignLedger> Foreign, string? Problem, Lease? Holder, string? OnlyShown);
