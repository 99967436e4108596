using System.Text.Json.Nodes;
using Dashboard.Operations.Running;

namespace Dashboard.Components.Runs;

/// <summary>What a run was told beside environment and reason.</summary>
internal static class RunRequest
{
    /// <summary>The fields that somebody filled in: neither empty nor off.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(Run run) =>
    [
        .. (JsonNode.Parse(run.Request) as JsonObject ?? [])
            .Where(field => field.Value is not null and not JsonArray { Count: 0 } && field.Value.ToJsonString() != "false")
            .Select(field => (field.Key, field.Value?.ToString() ?? string.Empty)),
    ];

    public static bool IsDryRun(Run run) => Of(run).Any(field => field is { Name: "dryRun", Value: "true" });
}
