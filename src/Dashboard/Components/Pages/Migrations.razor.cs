using Dashboard.Components.Shared;
using Dashboard.Operations.Migrations;

namespace Dashboard.Components.Pages;

/// <summary>What is pending and what was executed in each database, and the ways to run and to take back.</summary>
public sealed partial class Migrations(IDesk desk, TimeProvider time) : EnvironmentsPage<IReadOnlyList<MigrationSection>>(desk, time)
{
    protected override TimeSpan Refresh => TimeSpan.FromSeconds(5);

    protected override async Task<IReadOnlyList<MigrationSection>?> ReadAsync(CancellationToken cancellationToken) => await Desk.MigrationsAsync(cancellationToken);
}
