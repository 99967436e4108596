using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>A message of blocks to a Slack incoming webhook.</summary>
public sealed class SlackChannel(SlackChannel.Settings settings, ChannelPost post) : IAlertChannel
{
    public const string Name = "slack";

    // Slack refuses a message with a longer one.
    private const int LongestHeader = 150;
    private const int LongestText = 3_000;

    /// <param name="Webhook">A secret: whoever has it can post.</param>
    public sealed record Settings(Uri Webhook, string? Channel, string? Username)
    {
        internal static Settings Read(ChannelConfig config)
        {
            // The original's code read webhookUrl and its file said webhook: both are understood.
            var key = config.Has("webhookUrl") && !config.Has("webhook") ? "webhookUrl" : "webhook";
            if (config.Has("webhook") && config.Has("webhookUrl"))
                config.Add("webhookUrl", "is the same as webhook; say one of them");
            return new Settings(config.Address(key), config.TextOrNull("channel"), config.TextOrNull("username"));
        }
    }

    public string Kind => Name;

    public string Target => settings.Channel is { } channel ? $"Slack {channel}" : $"Slack at {settings.Webhook.Authority}";

    public IReadOnlyList<string> Secrets => [settings.Webhook.OriginalString, settings.Webhook.AbsoluteUri, settings.Webhook.PathAndQuery];

    public bool Takes(NoticeKind kind) => kind != NoticeKind.Acknowledged;

    public async Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Webhook) { Content = JsonContent.Create(BodyOf(notice)) };
        await post.SendAsync(request, ChannelPost.Patience, cancellationToken);
    }

    private JsonObject BodyOf(AlertNotice notice)
    {
        var body = new JsonObject
        {
            ["text"] = Escape(NoticeText.Subject(notice)),
            ["attachments"] = new JsonArray(new JsonObject { ["color"] = ColourOf(notice), ["blocks"] = BlocksOf(notice) }),
        };
        if (settings.Channel is { } channel)
            body["channel"] = channel;
        if (settings.Username is { } username)
            body["username"] = username;
        return body;
    }

    private static JsonArray BlocksOf(AlertNotice notice) => new(
        new JsonObject { ["type"] = "header", ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = NoticeText.Cut(NoticeText.Subject(notice), LongestHeader) } },
        new JsonObject { ["type"] = "section", ["text"] = Markdown(Escape(NoticeText.Cut(NoticeText.Message(notice), LongestText / 2))) },
        new JsonObject { ["type"] = "section", ["fields"] = new JsonArray([.. NoticeText.Facts(notice).Select(fact => (JsonNode)Markdown($"*{fact.Name}*\n{Escape(NoticeText.Cut(fact.Value, 500))}"))]) },
        new JsonObject { ["type"] = "context", ["elements"] = new JsonArray(Markdown($"D&amp;D Tracker operations · {notice.AlertId}")) });

    private static JsonObject Markdown(string text) => new() { ["type"] = "mrkdwn", ["text"] = text };

    /// <summary>The three characters by which a text could become a link, a mention or a channel.</summary>
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>The original's; what is over is green.</summary>
    private static string ColourOf(AlertNotice notice) => notice switch
    {
        { Kind: NoticeKind.Resolved } or { Severity: AlertSeverity.Info } => "#36a64f",
        { Severity: AlertSeverity.Warning } => "#ff9500",
        { Severity: AlertSeverity.Error } => "#ff4444",
        _ => "#8b0000",
    };
}
