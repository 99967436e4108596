using System.Diagnostics.Metrics;
using Dashboard.Operations.Health;
using Dashboard.Operations.Storage;

namespace Dashboard.Telemetry;

/// <summary>What is so now, as gauges in base units: seconds, and 1 or 0 for yes or no. What is not known is absent.</summary>
internal sealed class StandingGauges
{
    public const string Name = "Dashboard";

    private readonly StandingPoll _poll;
    private readonly TimeProvider _time;

    public StandingGauges(IMeterFactory meters, StandingPoll poll, StoreState store, TimeProvider time)
    {
        _poll = poll;
        _time = time;
        var meter = meters.Create(Name);
        meter.CreateObservableGauge("dashboard.store.up", () => store.AwaySince is null ? 1 : 0, description: "Whether the dashboard's own database answers.");
        meter.CreateObservableGauge("dashboard.standing.age", Age, unit: "s", description: "How old the other figures of this meter are.");
        meter.CreateObservableGauge("dashboard.health.check.healthy", Healthy, description: "What the last check of a target found: 1 healthy, 0 degraded or down; absent when it is not known.");
        meter.CreateObservableGauge("dashboard.health.check.duration", Took, unit: "s", description: "How long the last check of a target took.");
        meter.CreateObservableGauge("dashboard.backup.proven.age", ProvenAge, unit: "s", description: "Age of the newest backup that was restored and compared; absent when none ever was.");
        meter.CreateObservableGauge("dashboard.backup.restore.duration", RestoreTime, unit: "s", description: "The newest measured restore.");
        meter.CreateObservableGauge("dashboard.backup.copy.missing.age", MissingCopy, unit: "s", description: "For how long a backup has lacked a copy; 0 when all are there.");
        meter.CreateObservableGauge("dashboard.lease.held", Held, description: "Whether an operation holds the environment.");
        meter.CreateObservableGauge("dashboard.maintenance.active", Maintenance, description: "Whether a maintenance window is open.");
    }

    private IEnumerable<Measurement<double>> Age() =>
        _poll.Latest is { } latest ? [new Measurement<double>((_time.GetUtcNow() - latest.At).TotalSeconds)] : [];

    private IEnumerable<Measurement<int>> Healthy() =>
        Checks().Select(check => new Measurement<int>(check.Check.State == HealthState.Healthy ? 1 : 0, check.Tags));

    private IEnumerable<Measurement<double>> Took() => Checks().Select(check => new Measurement<double>(check.Check.Milliseconds / 1000, check.Tags));

    private IEnumerable<(HealthCheck Check, KeyValuePair<string, object?>[] Tags)> Checks() =>
        (_poll.Latest?.Cards ?? []).Where(card => !card.IsStale).SelectMany(card => (card.Health?.Checks ?? []).Where(check => check.State != HealthState.Unknown).Select(check => (check, new[] { Of(card.Name), new KeyValuePair<string, object?>("target", check.Target) })));

    private IEnumerable<Measurement<double>> ProvenAge() =>
        (_poll.Latest?.Backups ?? []).Where(report => report.LastProven is not null).Select(report => new Measurement<double>(report.LastProven!.Age.TotalSeconds, Of(report.Environment)));

    private IEnumerable<Measurement<double>> RestoreTime() =>
        (_poll.Latest?.Backups ?? []).Where(report => report.RestoreTime is not null).Select(report => new Measurement<double>(report.RestoreTime!.Value.TotalSeconds, Of(report.Environment)));

    private IEnumerable<Measurement<double>> MissingCopy() =>
        (_poll.Latest?.Backups ?? []).Select(report => new Measurement<double>(
            report.MissingCopySince is { } since ? Math.Max(0, (_time.GetUtcNow() - since).TotalSeconds) : 0, Of(report.Environment)));

    private IEnumerable<Measurement<int>> Held() => (_poll.Latest?.Cards ?? []).Select(card => new Measurement<int>(card.Holder is null ? 0 : 1, Of(card.Name)));

    private IEnumerable<Measurement<int>> Maintenance() => (_poll.Latest?.Cards ?? []).Select(card => new Measurement<int>(card.Maintenance is null ? 0 : 1, Of(card.Name)));

    private static KeyValuePair<string, object?> Of(string environment) => new("environment", environment);
}
