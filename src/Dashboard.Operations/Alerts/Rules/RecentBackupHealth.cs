using System.Collections.Concurrent;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Environments;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>How the backups stand, read once for the rules that ask; it reads the whole backup folder, so not at every look.</summary>
public sealed class RecentBackupHealth(BackupHealth health, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, BackupHealthReport Report)> _kept = new(StringComparer.Ordinal);

    public async Task<BackupHealthReport> OfAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_kept.TryGetValue(environment.Name, out var kept) && now - kept.At < Longest)
            return kept.Report;
        var report = await health.OfAsync(environment, cancellationToken);
        _kept[environment.Name] = (now, report);
        return report;
    }
}
