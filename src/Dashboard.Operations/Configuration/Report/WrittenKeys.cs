using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dashboard.Operations.Configuration.Report;

/// <summary>Lays a file out as one key after the other, <c>alerts.escalation.rules[0].condition</c>, and keeps back what must not be shown.</summary>
internal static class WrittenKeys
{
    private const string Hidden = "hidden";

    /// <summary>Whoever has one of these can do something with it; they belong into variables.</summary>
    private static readonly string[] Secrets = ["webhook", "webhookUrl", "integrationKey", "pass", "password", "secret", "token"];

    /// <param name="at">What stands before each key; empty at the top of a file.</param>
    public static IEnumerable<WrittenKey> Of(JsonNode? node, string at = "")
    {
        switch (node)
        {
            case JsonObject section:
                return section.Where(entry => entry.Key != "$schema").SelectMany(entry => Of(entry.Value, at.Length == 0 ? entry.Key : $"{at}.{entry.Key}"));
            case JsonArray list when list.Any(item => item is JsonObject or JsonArray):
                return list.SelectMany((item, index) => Of(item, string.Create(CultureInfo.InvariantCulture, $"{at}[{index}]")));
            case JsonArray list:
                return [new WrittenKey(at, string.Join(", ", list.Select(item => Text(item, at).Value)))];
            default:
                var (value, isSecret) = Text(node, at);
                return [new WrittenKey(at, value, isSecret)];
        }
    }

    private static (string Value, bool IsSecret) Text(JsonNode? node, string at)
    {
        if (node is null)
            return ("null", false);
        if (node.GetValueKind() != JsonValueKind.String)
            return (node.ToJsonString(), false);
        var text = node.GetValue<string>();
        var isSecret = !text.Contains("${", StringComparison.Ordinal) && (Secrets.Contains(at[(at.LastIndexOf('.') + 1)..], StringComparer.OrdinalIgnoreCase) || HasUser(text));
        return (isSecret ? Hidden : text, isSecret);
    }

    /// <summary>An address such as <c>https://name:word@host/</c>.</summary>
    private static bool HasUser(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.UserInfo.Length > 0;
}

/// <summary>One key with its value as written.</summary>
/// <param name="IsSecret">The value is kept back: it stands in the file where a variable should.</param>
internal sealed record WrittenKey(string Key, string Value, bool IsSecret = false);
