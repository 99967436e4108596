namespace Dashboard.Operations.Alerts.Rules;

/// <summary>A backup has been without a copy that it should have for longer than the sweep needs to make it.</summary>
public sealed class SecondCopyMissing(RecentBackupHealth health, AlertTimes times) : IAlertRule
{
    public string Name => "second-copy-missing";

    public string Title => "Second copy missing";

    public string Threshold(AlertScope scope) => scope.Environment.Settings is { BackupEnabled: true, RedundantBackups: > 1 } or { BackupEnabled: true, OffSiteBackup: true }
        ? $"a copy missing for {RuleText.Span(times.CopyPatience)}, an error after {RuleText.Span(times.LongestWithoutCopy)} (backup.redundantBackups, backup.offSiteBackup)"
        : "no second copy is asked for (backup.redundantBackups, backup.offSiteBackup)";

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        if (!scope.Environment.Settings.BackupEnabled || (await health.OfAsync(scope.Environment, cancellationToken)).MissingCopySince is not { } since || scope.Now - since < times.CopyPatience)
            return [];
        return
        [
            new AlertFinding(
                Subject: string.Empty,
                scope.Now - since < times.LongestWithoutCopy ? AlertSeverity.Warning : AlertSeverity.Error,
                "A backup lacks its second copy",
                $"A backup of {scope.Environment.Name} has lacked a copy since {RuleText.Moment(since)}; the loss of one place would lose it. See on the page Backups which place refuses it and why; it is tried again by itself.",
                since)
            {
                IsLasting = true,
            },
        ];
    }
}
