using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Overview;

/// <summary>What the overview shows of every environment, read in one go.</summary>
public sealed class EnvironmentCards(
    EnvironmentRegistry environments, HealthHistory health, BackupHistory backups, Leases leases, HealthCheckSettings checks, MaintenanceWindows windows, TimeProvider time)
{
    private static readonly TimeSpan Past = TimeSpan.FromHours(1);

    public async Task<IReadOnlyList<EnvironmentCard>> ListAsync(CancellationToken cancellationToken)
    {
        var cards = new List<EnvironmentCard>();
        foreach (var environment in environments.All)
            cards.Add(await CardAsync(environment, cancellationToken));
        return cards;
    }

    public async Task<EnvironmentCard> CardAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var report = await health.LatestAsync(environment.Name, cancellationToken);
        var past = await health.SinceAsync(environment.Name, now - Past, cancellationToken);
        return new EnvironmentCard(
            environment.Name,
            environment.Title,
            environment.Address,
            report,
            IsStale: report is not null && now - report.At > checks.Stale,
            LastBackup: (await backups.ListAsync(environment.Name, cancellationToken)).FirstOrDefault(entry => entry.IsOurs && entry.Manifest.IsRegular)?.Manifest,
            await leases.HolderAsync(environment.Name, cancellationToken),
            [.. past.Select(sample => new ResponseTime(sample.At, sample.Checks.Where(check => check.Target != HealthTargets.Ping).Select(check => check.Milliseconds).DefaultIfEmpty().Max(), sample.State))])
        {
            Maintenance = await windows.OpenAsync(environment.Name, cancellationToken),
        };
    }
}

/// <summary>One environment at a glance.</summary>
/// <param name="Health">The newest report; null when none was ever stored.</param>
/// <param name="IsStale">The checks have stopped: what the report says may no longer be so, and must be shown as unknown.</param>
/// <param name="Holder">The run that holds the environment now.</param>
/// <param name="Past">The last hour, oldest first.</param>
public sealed record EnvironmentCard(
    string Name,
    string Title,
    Uri Address,
    HealthReport? Health,
    bool IsStale,
    BackupManifest? LastBackup,
    Lease? Holder,
    IReadOnlyList<ResponseTime> Past)
{
    /// <summary>The maintenance window that is open now.</summary>
    public MaintenanceWindow? Maintenance { get; init; }

    /// <summary>What may be claimed now.</summary>
    public HealthState State => Health is null || IsStale ? HealthState.Unknown : Health.State;
}

/// <summary>The slowest endpoint of one report.</summary>
public sealed record ResponseTime(DateTimeOffset At, double Milliseconds, HealthState State);
