using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>PagerDuty's Events API, version 2: an alert has one incident from its beginning to its end.</summary>
public sealed class PagerDutyChannel(PagerDutyChannel.Settings settings, ChannelPost post) : IAlertChannel
{
    public const string Name = "pagerduty";

    private const int LongestSummary = 1_024;

    /// <param name="Url">Europe's is another.</param>
    /// <param name="IsLow">Nothing is worse than a warning, so that nobody is woken.</param>
    public sealed record Settings(string IntegrationKey, Uri Url, bool IsLow, string? EscalationPolicy)
    {
        internal static Settings Read(ChannelConfig config)
        {
            var urgency = config.TextOrNull("urgency") ?? "high";
            if (urgency is not ("high" or "low"))
                config.Add("urgency", $"'{urgency}' is neither high nor low");
            return new Settings(config.Text("integrationKey"), config.Address("url", new Uri("https://events.pagerduty.com")), urgency == "low", config.TextOrNull("escalationPolicy"));
        }
    }

    public string Kind => Name;

    public string Target => $"PagerDuty at {settings.Url.Authority}";

    public IReadOnlyList<string> Secrets => [settings.IntegrationKey];

    // An announcement is nothing that anybody has to be woken for.
    public bool Takes(NoticeKind kind) => kind != NoticeKind.Announced;

    public async Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        await SendAsync(BodyOf(notice, ActionOf(notice.Kind)), cancellationToken);

        // A test shows that both ends work and leaves nothing behind.
        if (notice.Kind == NoticeKind.Test)
            await SendAsync(BodyOf(notice, "resolve"), cancellationToken);
    }

    private async Task SendAsync(JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Url, "/v2/enqueue")) { Content = JsonContent.Create(body) };
        await post.SendAsync(request, ChannelPost.Patience, cancellationToken);
    }

    private static string ActionOf(NoticeKind kind) => kind switch
    {
        NoticeKind.Acknowledged => "acknowledge",
        NoticeKind.Resolved => "resolve",
        _ => "trigger",
    };

    private JsonObject BodyOf(AlertNotice notice, string action) => new()
    {
        ["routing_key"] = settings.IntegrationKey,
        ["event_action"] = action,
        ["dedup_key"] = notice.AlertId,
        ["client"] = "D&D Tracker operations",
        ["payload"] = new JsonObject
        {
            ["summary"] = NoticeText.Cut(NoticeText.Subject(notice), LongestSummary),
            ["source"] = notice.Environment,
            ["severity"] = SeverityOf(notice.Severity),
            ["timestamp"] = FormattableString.Invariant($"{notice.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"),
            ["component"] = "deployment",
            ["group"] = notice.Environment,
            ["class"] = notice.Rule,
            ["custom_details"] = new JsonObject
            {
                ["message"] = NoticeText.Message(notice),
                ["environment"] = notice.Environment,
                ["deploymentId"] = notice.DeploymentId,
                ["escalationPolicy"] = settings.EscalationPolicy,
            },
        },
    };

    private string SeverityOf(AlertSeverity severity) => (settings.IsLow && severity > AlertSeverity.Warning ? AlertSeverity.Warning : severity).ToString().ToLowerInvariant();
}
