using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>A CloudEvent to any receiver, signed so that it can tell who sent it.</summary>
public sealed class WebhookChannel(WebhookChannel.Settings settings, ChannelPost post) : IAlertChannel
{
    public const string Name = "webhook";

    /// <summary><c>sha256=</c> and the HMAC of the body in hexadecimal digits, as GitHub signs.</summary>
    public const string SignatureHeader = "X-Signature-256";

    private static readonly string[] Own = ["Content-Type", "Content-Length", "Host", "Transfer-Encoding", "Connection", SignatureHeader];

    /// <param name="Secret">For the signature; null leaves it out.</param>
    public sealed record Settings(Uri Url, string? Secret, IReadOnlyDictionary<string, string> Headers, TimeSpan Patience, int? Tries)
    {
        private const int LongestPatience = 60_000;

        internal static Settings Read(ChannelConfig config)
        {
            var headers = config.Texts("headers");
            foreach (var (name, value) in headers)
            {
                using var probe = new HttpRequestMessage();
                if (Own.Contains(name, StringComparer.OrdinalIgnoreCase))
                    config.Add($"headers.{name}", "is written by the dashboard itself");
                else if (value.Any(char.IsControl) || !IsHeader(probe, name, value))
                    config.Add($"headers.{name}", "cannot be a header");
            }

            return new Settings(
                config.Address("url"),
                config.TextOrNull("secret"),
                headers,
                TimeSpan.FromMilliseconds(config.Number("timeout", 1, LongestPatience, (int)ChannelPost.Patience.TotalMilliseconds)),
                config.Has("retries") ? config.Number("retries", 1, 1_000, 3) : null);
        }

        private static bool IsHeader(HttpRequestMessage probe, string name, string value)
        {
            try
            {
                return probe.Headers.TryAddWithoutValidation(name, value);
            }
            catch (FormatException)
            {
                return false;
            }
        }
    }

    public string Kind => Name;

    public string Target => $"Webhook at {settings.Url.Authority}";

    public IReadOnlyList<string> Secrets => [settings.Url.OriginalString, settings.Url.AbsoluteUri, .. settings.Secret is { } secret ? [secret] : Array.Empty<string>(), .. settings.Headers.Values];

    public int? MostTries => settings.Tries;

    public bool Takes(NoticeKind kind) => true;

    public async Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        var body = new JsonEventFormatter().EncodeStructuredModeMessage(EventOf(notice), out var contentType);
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType.ToString());
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = content };
        foreach (var (name, value) in settings.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (settings.Secret is { } secret)
            request.Headers.Add(SignatureHeader, SignatureOf(body.Span, secret));
        await post.SendAsync(request, settings.Patience, cancellationToken);
    }

    public static string SignatureOf(ReadOnlySpan<byte> body, string secret) => $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))}";

    /// <summary>Its id is the same at every try, so that a receiver can leave out what it has.</summary>
    private static CloudEvent EventOf(AlertNotice notice) => new(CloudEventsSpecVersion.V1_0)
    {
        Id = notice.Id,
        Type = $"dashboard.alert.{notice.Kind.ToString().ToLowerInvariant()}",
        Source = new Uri($"/environments/{Uri.EscapeDataString(notice.Environment)}", UriKind.Relative),
        Subject = notice.AlertId,
        Time = notice.At,
        DataContentType = "application/json",
        Data = new JsonObject
        {
            ["alert"] = notice.AlertId,
            ["environment"] = notice.Environment,
            ["rule"] = notice.Rule,
            ["severity"] = notice.Severity.ToString().ToLowerInvariant(),
            ["title"] = notice.Title,
            ["message"] = notice.Message,
            ["deploymentId"] = notice.DeploymentId,
            ["raisedAt"] = FormattableString.Invariant($"{notice.RaisedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"),
            ["actor"] = notice.Actor,
            ["note"] = notice.Note,
        },
    };
}
