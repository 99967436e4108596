using System.Globalization;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Incidents;

/// <summary>Gathers what happened in the environments of an incident while it lasted, a quarter of an hour before included: the cause comes before the trouble.</summary>
public sealed class IncidentTimeline(DashboardDatabase database, AlertBook alerts, MaintenanceWindows windows, TimeProvider time)
{
    private const int MostOfEach = 200;
    private const int MostReports = 20_000;
    private const int Most = 500;
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(15);

    /// <summary>Oldest first. Of a resolved incident what was kept at its end, with what was written to it since.</summary>
    public async Task<IReadOnlyList<TimelineEntry>> ReadAsync(Incident incident, CancellationToken cancellationToken)
    {
        var around = incident.Kept ?? await GatherAsync(incident, cancellationToken);
        return [.. around.Concat(OwnOf(incident)).OrderBy(entry => entry.At).ThenBy(entry => entry.Kind)];
    }

    /// <summary>All that is not written in the incident itself.</summary>
    internal async Task<IReadOnlyList<TimelineEntry>> GatherAsync(Incident incident, CancellationToken cancellationToken)
    {
        var (from, to) = (incident.BeganAt - Before, incident.ResolvedAt ?? time.GetUtcNow());
        var entries = new List<TimelineEntry>();
        foreach (var environment in incident.Environments)
        {
            entries.AddRange(await AlertsAsync(environment, from, to, cancellationToken));
            entries.AddRange(await RunsAsync(environment, from, to, cancellationToken));
            entries.AddRange(await ReleasesAsync(environment, from, to, cancellationToken));
            entries.AddRange(await HealthAsync(environment, from, to, cancellationToken));
        }

        entries.AddRange((await windows.OpenSinceAsync(from, cancellationToken)).Where(window => incident.Environments.Contains(window.Environment, StringComparer.Ordinal)).SelectMany(EntriesOf));
        return [.. entries.Where(entry => entry.At >= from && entry.At <= to).OrderBy(entry => entry.At).Take(Most)];
    }

    private static IEnumerable<TimelineEntry> OwnOf(Incident incident)
    {
        yield return new(incident.BeganAt, TimelineKind.Incident, null, "The trouble began, as far as is known.");
        yield return new(incident.OpenedAt, TimelineKind.Incident, null, $"Incident opened by {incident.OpenedBy}.");
        if (incident.AcknowledgedAt is { } acknowledged)
            yield return new(acknowledged, TimelineKind.Incident, null, $"Acknowledged by {incident.AcknowledgedBy}.");
        if (incident.DecidedAt is { } decided)
            yield return new(decided, TimelineKind.Incident, null, incident.Decision == EscalationDecision.RollBack ? "Decided: roll back at once." : "Decided: find the cause first.");
        foreach (var update in incident.Updates)
            yield return new(update.At, TimelineKind.Update, null, $"{update.Status}: {update.Body}");
        foreach (var note in incident.Notes)
            yield return new(note.At, TimelineKind.Note, null, $"{note.By}: {note.Text}");
        if (incident.ResolvedAt is { } resolved)
            yield return new(resolved, TimelineKind.Incident, null, $"Resolved by {incident.ResolvedBy}.");
    }

    private async Task<IEnumerable<TimelineEntry>> AlertsAsync(string environment, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // One that was raised long before may have been acknowledged or resolved meanwhile.
        var raised = await alerts.ListAsync(new AlertQuery(environment, From: from, To: to, Limit: MostOfEach, WithAnnouncements: true), cancellationToken);
        var standing = await database.Alerts
            .Find(alert => alert.Environment == environment && alert.RaisedAt < from && (alert.IsOpen || alert.ResolvedAt >= from))
            .SortByDescending(alert => alert.RaisedAt).Limit(MostOfEach).ToListAsync(cancellationToken);
        return raised.Concat(standing).SelectMany(alert => EntriesOf(alert, environment));
    }

    private static IEnumerable<TimelineEntry> EntriesOf(Alert alert, string environment)
    {
        yield return new(alert.RaisedAt, TimelineKind.Alert, environment, $"{alert.Severity}: {alert.Title}", "alerts");
        if (alert.AcknowledgedAt is { } acknowledged)
            yield return new(acknowledged, TimelineKind.Alert, environment, $"Acknowledged by {alert.AcknowledgedBy}: {alert.Title}", "alerts");
        if (alert is { ResolvedAt: { } resolved, IsAnnouncement: false })
            yield return new(resolved, TimelineKind.Alert, environment, $"Resolved by {alert.ResolvedBy}: {alert.Title}", "alerts");
    }

    private async Task<IEnumerable<TimelineEntry>> RunsAsync(string environment, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var runs = await database.Runs.Find(run => run.Environment == environment && run.QueuedAt >= from - Before && run.QueuedAt <= to)
            .SortByDescending(run => run.QueuedAt).Limit(MostOfEach).ToListAsync(cancellationToken);
        return runs.SelectMany(EntriesOf);
    }

    private static IEnumerable<TimelineEntry> EntriesOf(Run run)
    {
        yield return new(run.QueuedAt, TimelineKind.Run, run.Environment, $"{run.Title}, asked for by {run.Actor}: {run.Reason}", $"runs/{run.Id}");
        if (run.FinishedAt is { } finished)
            yield return new(finished, TimelineKind.Run, run.Environment, $"{run.Title} ended {run.State.ToString().ToLowerInvariant()}: {run.Message}", $"runs/{run.Id}");
    }

    private async Task<IEnumerable<TimelineEntry>> ReleasesAsync(string environment, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var releases = await database.Releases.Find(release => release.Environment == environment && release.BegunAt >= from - Before && release.BegunAt <= to)
            .SortByDescending(release => release.BegunAt).Limit(MostOfEach).ToListAsync(cancellationToken);
        return releases.SelectMany(EntriesOf);
    }

    private static IEnumerable<TimelineEntry> EntriesOf(Release release)
    {
        var what = release.Kind == ReleaseKind.Rollback ? "Rollback to" : "Release of";
        yield return new(release.BegunAt, TimelineKind.Release, release.Environment, $"{what} {release.Told} begun by {release.Actor}.", $"deployments/{release.Id}");
        if (release.EndedAt is { } ended)
            yield return new(ended, TimelineKind.Release, release.Environment, $"{what} {release.Told} ended {release.State.ToString().ToLowerInvariant()}.", $"deployments/{release.Id}");
    }

    private async Task<IEnumerable<TimelineEntry>> HealthAsync(string environment, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var reports = await database.HealthReports.Find(report => report.Environment == environment && report.At >= from && report.At <= to)
            .SortBy(report => report.At).Limit(MostReports).ToListAsync(cancellationToken);
        var last = new Dictionary<string, HealthState>(StringComparer.Ordinal);
        var changes = new List<TimelineEntry>();
        foreach (var (report, check) in reports.SelectMany(report => report.Checks.Select(check => (report, check))))
        {
            if (last.TryGetValue(check.Target, out var state) && state != check.State)
                changes.Add(new(report.At, TimelineKind.Health, environment, string.Create(CultureInfo.InvariantCulture, $"{check.Target} was {state} and is {check.State}: {check.Note}"), $"environments/{environment}"));
            last[check.Target] = check.State;
        }

        return changes.Take(MostOfEach);
    }

    private static IEnumerable<TimelineEntry> EntriesOf(MaintenanceWindow window)
    {
        if (window.OpenedAt is { } opened)
            yield return new(opened, TimelineKind.Maintenance, window.Environment, $"Maintenance '{window.Title}' begun by {window.OpenedBy}.", "maintenance");
        if (window.ClosedAt is { } closed)
            yield return new(closed, TimelineKind.Maintenance, window.Environment, $"Maintenance '{window.Title}' ended by {window.ClosedBy}.", "maintenance");
    }
}
