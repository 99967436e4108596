using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>What the page about alerts shows, read in one go.</summary>
public sealed class AlertPages(
    AlertBook book,
    AlertSweep sweep,
    AlertOutbox outbox,
    IEnumerable<IAlertRule> rules,
    ChannelCatalog channels,
    EnvironmentRegistry environments,
    MonitoringSettings monitoring,
    DashboardDatabase database,
    TimeProvider time)
{
    /// <summary>Past alerts on one page.</summary>
    public const int AtOnce = 25;

    /// <summary>Open ones, each with its buttons.</summary>
    public const int OpenAtOnce = 50;

    /// <param name="openPage">Of the open ones; the first is 1.</param>
    /// <param name="page">Of the past ones.</param>
    public async Task<AlertPage> ReadAsync(string? environment, int openPage, int page, CancellationToken cancellationToken)
    {
        var before = (openPage - 1) * OpenAtOnce;
        var (openCount, open) = await book.OpenAsync(environment, before, OpenAtOnce, cancellationToken);
        var past = await book.ListAsync(new AlertQuery(environment, IsOpen: false, Skip: (page - 1) * AtOnce, Limit: AtOnce + 1, WithAnnouncements: true), cancellationToken);
        var quiet = await sweep.QuietAsync(cancellationToken);
        var shown = past.Take(AtOnce).ToList();
        var deliveries = await DeliveriesAsync([.. open.Concat(shown).Select(alert => alert.Id)], cancellationToken);
        var now = time.GetUtcNow();
        return new AlertPage(
            [.. open.Select(alert => new AlertView(alert, alert.ToldAt is null ? quiet.WhyOf(alert, now) : null, [.. deliveries[alert.Id]]))],
            [.. shown.Select(alert => new AlertView(alert, Quiet: null, [.. deliveries[alert.Id]]))],
            HasOlder: past.Count > AtOnce,
            [.. rules.Select(RuleOf)],
            await ChannelsAsync(cancellationToken),
            quiet.Silences)
        { OpenCount = openCount, HasMoreOpen = before + open.Count < openCount };
    }

    /// <summary>Sends a notice that says that it is a test; null when there is no such channel.</summary>
    /// <returns>The delivery's id.</returns>
    public async Task<string?> TestAsync(string environment, string channel, string actor, CancellationToken cancellationToken)
    {
        if (channels.Find(environment, channel) is null)
            return null;
        var now = time.GetUtcNow();
        var test = new AlertNotice
        {
            Id = $"test-{ObjectId.GenerateNewId()}",
            Kind = NoticeKind.Test,
            At = now,
            AlertId = $"test-{ObjectId.GenerateNewId()}",
            Environment = environment,
            Rule = "test",
            Severity = AlertSeverity.Info,
            Title = "This is a test",
            Message = $"{actor} pressed Send test. Nothing has happened, and nothing is to be done.",
            RaisedAt = now,
        };
        return await outbox.AddAsync(test, channel, cancellationToken);
    }

    private RuleView RuleOf(IAlertRule rule) => new(
        rule.Name,
        rule.Title,
        [.. environments.All.Select(environment => (environment, scope: new AlertScope(environment, monitoring.Of(environment.Name), time.GetUtcNow()))).Select(entry => new RuleThreshold(
            entry.environment.Name, entry.scope.Monitoring.Enabled && entry.environment.Settings.Monitoring.WatchesAlerts ? rule.Threshold(entry.scope) : "not watched: monitoring is switched off"))]);

    private async Task<IReadOnlyList<ChannelView>> ChannelsAsync(CancellationToken cancellationToken)
    {
        var views = new List<ChannelView>();
        foreach (var channel in channels.All)
        {
            var last = await database.AlertDeliveries.Find(delivery => delivery.Environment == channel.Environment && delivery.Channel == channel.Name).SortByDescending(delivery => delivery.At).FirstOrDefaultAsync(cancellationToken);
            views.Add(new ChannelView(channel.Environment, channel.Name, channel.Channel.Target, environments.Find(channel.Environment)?.Settings.Monitoring.Tells(channel.Channel.Kind) ?? false, last));
        }

        return views;
    }

    private async Task<ILookup<string, AlertDelivery>> DeliveriesAsync(IReadOnlyList<string> alerts, CancellationToken cancellationToken)
    {
        var found = await database.AlertDeliveries.Find(Builders<AlertDelivery>.Filter.In(delivery => delivery.AlertId, alerts)).SortBy(delivery => delivery.At).ToListAsync(cancellationToken);
        return found.ToLookup(delivery => delivery.AlertId, StringComparer.Ordinal);
    }
}

/// <param name="Open">A page of them, the worst first.</param>
/// <param name="Past">The newest first, with what was only announced.</param>
public sealed record AlertPage(
    IReadOnlyList<AlertView> Open,
    IReadOnlyList<AlertView> Past,
    bool HasOlder,
    IReadOnlyList<RuleView> Rules,
    IReadOnlyList<ChannelView> Channels,
    IReadOnlyList<AlertSilence> Silences)
{
    /// <summary>On all pages.</summary>
    public long OpenCount { get; init; } = Open.Count;

    public bool HasMoreOpen { get; init; }
}

/// <param name="Quiet">Why nobody was told of it; null when somebody was, or will be in a moment.</param>
/// <param name="Deliveries">Oldest first.</param>
public sealed record AlertView(Alert Alert, string? Quiet, IReadOnlyList<AlertDelivery> Deliveries);

public sealed record RuleView(string Name, string Title, IReadOnlyList<RuleThreshold> Thresholds);

/// <summary>From when on a rule raises an alert in one environment.</summary>
public sealed record RuleThreshold(string Environment, string Text);

/// <param name="IsTold">False: only escalations and tests go there, by monitoring.notificationChannels.</param>
/// <param name="Last">The newest delivery, be it sent or not.</param>
public sealed record ChannelView(string Environment, string Name, string Target, bool IsTold, AlertDelivery? Last);
