using System.Text.Json.Serialization;

namespace Dashboard.Operations.Platforms.Fly;

// As the tool prints them; whatever else it prints is ignored, and of the machines every field may be missing.

internal sealed record FlyRelease(int Version, string? Status, string? ImageRef, string? Description, DateTimeOffset CreatedAt, FlyUser? User);

internal sealed record FlyUser(string? Name, string? Email);

/// <summary>A machine without the values of its configuration's <c>env</c>, which are shown in clear and are nobody's business.</summary>
internal sealed record FlyMachine(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("state")] string? State,
    [property: JsonPropertyName("image_ref")] FlyImage? Image,
    [property: JsonPropertyName("updated_at")] DateTimeOffset? UpdatedAt,
    [property: JsonPropertyName("host_status")] string? HostStatus,
    [property: JsonPropertyName("cordoned")] bool IsCordoned,
    [property: JsonPropertyName("config")] FlyConfig? Config,
    [property: JsonPropertyName("incomplete_config")] FlyConfig? IncompleteConfig,
    [property: JsonPropertyName("checks")] IReadOnlyList<FlyCheck>? Checks);

internal sealed record FlyImage(
    [property: JsonPropertyName("registry")] string? Registry,
    [property: JsonPropertyName("repository")] string? Repository,
    [property: JsonPropertyName("tag")] string? Tag,
    [property: JsonPropertyName("digest")] string? Digest,
    [property: JsonPropertyName("labels")] IReadOnlyDictionary<string, string>? Labels);

internal sealed record FlyConfig(
    [property: JsonPropertyName("metadata")] IReadOnlyDictionary<string, string>? Metadata,
    [property: JsonPropertyName("services")] IReadOnlyList<FlyService>? Services,
    [property: JsonPropertyName("checks")] IReadOnlyDictionary<string, System.Text.Json.JsonElement>? Checks);

internal sealed record FlyService([property: JsonPropertyName("checks")] IReadOnlyList<System.Text.Json.JsonElement>? Checks);

internal sealed record FlyCheck(
    [property: JsonPropertyName("name")] string? Name, [property: JsonPropertyName("status")] string? Status, [property: JsonPropertyName("output")] string? Output);

internal sealed record FlyLine(
    [property: JsonPropertyName("level")] string? Level,
    [property: JsonPropertyName("instance")] string? Instance,
    [property: JsonPropertyName("message")] string? Message,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp);

internal sealed record FlyMade([property: JsonPropertyName("version")] int Version, [property: JsonPropertyName("image_ref")] string? Image);

internal sealed record FlyScale(string? Process, int Count);
