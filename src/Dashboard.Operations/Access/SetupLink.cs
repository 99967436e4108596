using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Access;

/// <summary>The link with which the first administrator is made; there is one at most, and a newer one takes its place.</summary>
internal sealed record SetupLink
{
    public const string OnlyId = "first-administrator";

    [BsonId]
    public string Id { get; init; } = OnlyId;

    public required string TokenHash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
