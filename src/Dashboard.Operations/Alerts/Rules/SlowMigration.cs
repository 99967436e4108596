using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>A migration phase that succeeded and took longer than allowed.</summary>
public sealed class SlowMigration(SlowPhase slow) : IAlertRule
{
    public string Name => "slow-migration";

    public string Title => "Slow migration";

    public string Threshold(AlertScope scope) => $"longer than {RuleText.Span(scope.Thresholds.MigrationDuration)} (thresholds.migrationDuration)";

    public Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken) => slow.FindAsync(
        scope, EventPhase.Migration, scope.Thresholds.MigrationDuration, "migrationDuration", "See on the page Migrations which one took the time, and whether it needs an index.", cancellationToken);
}
