using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Storage;
using MongoDB.Bson;

namespace Dashboard.Operations.Metrics;

/// <summary>How the monitor itself stands: whether its database answers now, and what the newest health reports say. What was not checked is unknown, never good.</summary>
public sealed class MonitorHealth(DashboardDatabase database, HealthHistory history, EnvironmentRegistry environments, HealthCheckSettings checks, MonitoringSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="environment">Null: the worst of all.</param>
    public async Task<MonitorState> ReadAsync(string? environment, CancellationToken cancellationToken)
    {
        var asked = environments.All.Where(known => environment is null || known.Name == environment).Select(known => known.Name).ToList();
        var enabled = asked.Any(name => settings.Of(name).Enabled);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await database.Database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), cancellationToken: patience.Token);
            var reports = new List<HealthReport?>();
            foreach (var name in asked)
                reports.Add(Fresh(await history.LatestAsync(name, patience.Token)));
            var application = StateOf(reports, check => check.Target != HealthTargets.Ping);
            var databases = StateOf(reports, check => check.Target == HealthTargets.Ping);
            return new MonitorState(WordOf(Worst(application, databases)), enabled, IsInitialized: true, WordOf(application), WordOf(databases));
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new MonitorState("error", enabled, IsInitialized: false, "unknown", "error");
        }
    }

    private HealthReport? Fresh(HealthReport? report) => report is not null && time.GetUtcNow() - report.At <= checks.Stale ? report : null;

    private static HealthState StateOf(List<HealthReport?> reports, Func<HealthCheck, bool> which)
    {
        var states = reports.Select(report => report?.Checks.Where(which).Select(check => check.State).DefaultIfEmpty(HealthState.Unknown).Max() ?? HealthState.Unknown);
        return states.DefaultIfEmpty(HealthState.Unknown).Max();
    }

    private static HealthState Worst(HealthState one, HealthState other) => one > other ? one : other;

    private static string WordOf(HealthState state) => state switch
    {
        HealthState.Healthy => "ok",
        HealthState.Degraded => "degraded",
        HealthState.Down => "error",
        _ => "unknown",
    };
}

/// <summary>In words: ok, degraded, error, unknown.</summary>
/// <param name="Enabled">Whether <c>config/monitoring.json</c> has it watched.</param>
/// <param name="Api">The applications' health endpoints.</param>
/// <param name="Database">The applications' databases, and the dashboard's own.</param>
public sealed record MonitorState(string Status, bool Enabled, bool IsInitialized, string Api, string Database);
