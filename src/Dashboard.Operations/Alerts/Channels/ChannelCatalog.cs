using System.Globalization;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>The channels that are switched on in <c>config/monitoring.json</c>.</summary>
public sealed class ChannelCatalog
{
    public ChannelCatalog(MonitoringSettings monitoring, ChannelPost post, TimeProvider time) =>
        All = [.. monitoring.Environments.SelectMany(environment => Named(environment.Key, environment.Value.Channels.Select(settings => Make(settings, post, time, []))))];

    public static IReadOnlyList<string> Kinds { get; } = [SlackChannel.Name, EmailChannel.Name, WebhookChannel.Name, PagerDutyChannel.Name];

    public IReadOnlyList<AlertChannel> All { get; }

    public IEnumerable<AlertChannel> Of(string environment) => All.Where(channel => channel.Environment == environment);

    public AlertChannel? Find(string environment, string name) => All.FirstOrDefault(channel => channel.Environment == environment && channel.Name == name);

    /// <summary>Adds what is wrong with a channel's section, so that nothing starts with a channel that cannot work.</summary>
    internal static void Check(ChannelSettings settings, List<string> errors) => Make(settings, post: null!, TimeProvider.System, errors);

    private static IAlertChannel? Make(ChannelSettings settings, ChannelPost post, TimeProvider time, List<string> errors)
    {
        var config = new ChannelConfig(settings, errors);
        IAlertChannel? made = settings.Type switch
        {
            SlackChannel.Name => new SlackChannel(SlackChannel.Settings.Read(config), post),
            EmailChannel.Name => new EmailChannel(EmailChannel.Settings.Read(config), time),
            WebhookChannel.Name => new WebhookChannel(WebhookChannel.Settings.Read(config), post),
            PagerDutyChannel.Name => new PagerDutyChannel(PagerDutyChannel.Settings.Read(config), post),
            _ => null,
        };
        if (made is null)
            errors.Add($"{settings.At}.type: '{settings.Type}' is no kind of channel; there are {string.Join(", ", Kinds)}.");
        else
            config.RefuseOthers();
        return made;
    }

    private static IEnumerable<AlertChannel> Named(string environment, IEnumerable<IAlertChannel?> channels)
    {
        var count = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var channel in channels.OfType<IAlertChannel>())
        {
            var number = count[channel.Kind] = count.GetValueOrDefault(channel.Kind) + 1;
            yield return new AlertChannel(environment, number == 1 ? channel.Kind : string.Create(CultureInfo.InvariantCulture, $"{channel.Kind}-{number}"), channel);
        }
    }
}
