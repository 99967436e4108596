namespace Dashboard.Operations.Alerts.Rules;

/// <summary>The newest backup that is proven to restore is older than the policy allows, or there is none.</summary>
public sealed class BackupProofTooOld(RecentBackupHealth health) : IAlertRule
{
    public string Name => "backup-proof-too-old";

    public string Title => "Backup proof too old";

    public string Threshold(AlertScope scope) => scope.Environment.Settings.BackupEnabled
        ? $"newest proven backup older than {RuleText.Span(scope.Environment.Settings.MaxProvenAge)} (backup.maxProvenAgeHours)"
        : "switched off with backup.enabled";

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var settings = scope.Environment.Settings;
        if (!settings.BackupEnabled)
            return [];
        var proven = (await health.OfAsync(scope.Environment, cancellationToken)).LastProven;
        if (proven is not null && proven.Age <= settings.MaxProvenAge)
            return [];
        return
        [
            new AlertFinding(
                Subject: string.Empty,
                AlertSeverity.Error,
                proven is null ? "No backup is proven to restore" : "The newest proven backup is too old",
                proven is null
                    ? $"No backup of {scope.Environment.Name} was ever restored and compared, so nobody knows that one can be. Run create-backup, then verify-backup."
                    : $"The newest backup of {scope.Environment.Name} that is proven to restore, {proven.Manifest.Archive}, is of {RuleText.Moment(proven.Manifest.StartedAt)}; it may be {RuleText.Span(settings.MaxProvenAge)} old (backup.maxProvenAgeHours). Run verify-backup on a newer one, and see why the schedule did not.",
                scope.Now)
            {
                IsLasting = true,
            },
        ];
    }
}
