using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dashboard.Operations.Configuration.Report;

/// <summary>Finds the environment variables that the files name, and knows those that a serving dashboard looks at by itself.</summary>
internal static class WrittenVariables
{
    /// <summary>As the table of the README; those of the runbook's scripts are of a command line alone.</summary>
    private static readonly (string Name, string For)[] Known =
    [
        ("DASHBOARD_MONGODB_URI", "the dashboard's own MongoDB; without it MONGODB_URI"),
        ("MONGODB_URI", "the MongoDB of the dashboard and, in local mode, of the environments"),
        ("DASHBOARD_MODE", "overrides mode"),
        ("BACKUP_DIR", "overrides backupDirectory"),
        ("PUBLIC_ADDRESS", "overrides access.publicAddress"),
        ("TRUSTED_PROXIES", "overrides access.trustedProxies"),
        ("BACKUP_ENCRYPTION_KEY", "encrypts backups and signs their manifests"),
        ("BACKUP_ENCRYPTION_OLD_KEYS", "the keys before it"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "where figures and spans are sent"),
    ];

    public static IEnumerable<VariableStanding> Of(IEnumerable<WrittenFile> files, Func<string, string?> variable) => files
        .SelectMany(file => Named(file.Content, string.Empty).Select(found => (found.Name, For: $"{file.Name}: {found.Key}")))
        .Concat(Known)
        .GroupBy(found => found.Name, found => found.For, StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => new VariableStanding(group.Key, [.. group], !string.IsNullOrWhiteSpace(variable(group.Key))));

    private static IEnumerable<(string Name, string Key)> Named(JsonNode? node, string at)
    {
        switch (node)
        {
            // A section that is switched off needs none.
            case JsonObject section when section["enabled"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.False:
                return [];
            case JsonObject section:
                return section.SelectMany(entry => Named(entry.Value, at.Length == 0 ? entry.Key : $"{at}.{entry.Key}"));
            case JsonArray list:
                return list.SelectMany((item, index) => Named(item, at));
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                return NamesIn(text.GetValue<string>(), at).Select(name => (name, at));
            default:
                return [];
        }
    }

    private static IEnumerable<string> NamesIn(string text, string at) =>
        at.EndsWith("Variable", StringComparison.Ordinal) || at.EndsWith(".variables", StringComparison.Ordinal) ? [text] : ConfigFolder.VariablesIn(text);
}
