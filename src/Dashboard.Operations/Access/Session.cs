using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Access;

/// <summary>A sign-in that lasts, in one browser: until its owner ends it, it was not used for a while, its time is over, or his account changes.</summary>
public sealed record Session
{
    /// <summary>SHA-256 of the text that the browser's cookie holds.</summary>
    [BsonId]
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    /// <summary>Of the account when he signed in.</summary>
    public required string SecurityStamp { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>To the minute.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>When the database forgets it, some time after its end.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public string? From { get; init; }

    /// <summary>What the browser calls itself, so that its owner tells it from others.</summary>
    public string? Agent { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
