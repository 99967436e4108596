using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyctl;

/// <summary>The cloud as the tool prints it: the same keys, cases and empty fields.</summary>
internal static class Views
{
    public static void Print(JsonNode? node, int indent = 4) =>
        Session.Out(node is null ? "null" : node.ToJsonString(new JsonSerializerOptions { WriteIndented = true, IndentSize = indent }));

    public static JsonObject Machine(CloudMachine machine, Cloud cloud)
    {
        var (registry, repository, tag) = Split(machine.Image);
        var shown = new JsonObject
        {
            ["id"] = machine.Id,
            ["name"] = $"name-{machine.Id}",
            ["state"] = machine.StateNow,
            ["region"] = cloud.Region,
            ["image_ref"] = new JsonObject { ["registry"] = registry, ["repository"] = repository, ["tag"] = tag, ["digest"] = machine.Digest, ["labels"] = Labels(machine, cloud) },
            ["instance_id"] = $"01K{machine.Id}{machine.Version}",
            ["private_ip"] = "fdaa::3",
            ["created_at"] = Time(machine.CreatedAt),
            ["updated_at"] = Time(machine.UpdatedAt),
            ["events"] = new JsonArray(),
            ["checks"] = Checks(machine),
            ["host_status"] = machine.IsHostAway ? "unreachable" : "ok",
            ["cordoned"] = machine.Cordoned,
        };
        shown[machine.IsHostAway ? "incomplete_config" : "config"] = Config(machine, cloud);
        return shown;
    }

    public static JsonObject Release(CloudRelease release) => new()
    {
        ["ID"] = release.Id,
        ["Version"] = release.Version,
        ["Stable"] = release.Status == "complete",
        ["InProgress"] = false,
        ["Reason"] = "",
        ["Description"] = release.Description,
        ["Status"] = release.Status,
        ["DeploymentStrategy"] = "",
        ["Metadata"] = null,
        ["User"] = new JsonObject { ["ID"] = "u1", ["Name"] = "Ada", ["Email"] = release.User, ["EnablePaidHobby"] = false },
        ["EvaluationID"] = "",
        ["CreatedAt"] = Time(release.CreatedAt),
        ["ImageRef"] = release.ImageRef,
    };

    private static JsonObject? Labels(CloudMachine machine, Cloud cloud) => cloud.Images.GetValueOrDefault(machine.Image)?.Labels is { } labels
        ? new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)))
        : null;

    public static JsonArray Checks(CloudMachine machine) => machine.CheckNow is not { } status ? [] : [new JsonObject
    {
        ["name"] = "servicecheck-00-http-8080",
        ["status"] = status,
        ["output"] = status == "passing" ? "{\"status\":\"ok\"}" : "500 the release says that it is unhealthy",
        ["updated_at"] = Time(machine.UpdatedAt),
    }];

    public static JsonObject Organization(Cloud cloud) => new()
    {
        ["ID"] = "o1",
        ["InternalNumericID"] = "1",
        ["Name"] = "",
        ["Slug"] = cloud.Organization,
        ["RawSlug"] = "",
        ["PaidPlan"] = false,
    };

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Config(CloudMachine machine, Cloud cloud) => new()
    {
        ["env"] = new JsonObject(cloud.Env.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        ["init"] = new JsonObject(),
        ["metadata"] = machine.IsManaged
            ? new JsonObject { ["fly_platform_version"] = "v2", ["fly_process_group"] = "app", ["fly_release_version"] = machine.Release.ToString(CultureInfo.InvariantCulture) }
            : new JsonObject { ["fly_platform_version"] = "v2", ["fly_process_group"] = "fly_app_release_command" },
        ["services"] = new JsonArray(new JsonObject { ["protocol"] = "tcp", ["internal_port"] = 8080, ["checks"] = new JsonArray(new JsonObject { ["type"] = "http", ["path"] = "/api/health" }) }),
        ["image"] = machine.Image,
    };

    public static (string Registry, string Repository, string Tag) Split(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var colon = image.LastIndexOf(':');
        return (image[..slash], image[(slash + 1)..colon], image[(colon + 1)..]);
    }
}
