using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Access;

/// <summary>That somebody has just proven again who he is, for one action.</summary>
internal sealed record ActionProof
{
    /// <summary>SHA-256 of the text that its owner holds.</summary>
    [BsonId]
    public required string TokenHash { get; init; }

    public required string AccountId { get; init; }

    /// <summary>The stamp at that moment: a change of rights ends it.</summary>
    public required string SecurityStamp { get; init; }

    /// <summary>SHA-256 of the action with its parameters.</summary>
    public required string Purpose { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
