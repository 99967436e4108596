using Dashboard.Operations.Running;
using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Approvals;

/// <summary>A run that one person has confirmed and that waits for a second one. Nothing of it can be changed; another wish is another request.</summary>
public sealed record ApprovalRequest
{
    [BsonId]
    public required string Id { get; init; }

    public required string Operation { get; init; }

    public required string Title { get; init; }

    public required string Environment { get; init; }

    public required string Reason { get; init; }

    /// <summary>As JSON, as it was validated.</summary>
    public required string Request { get; init; }

    /// <summary>What was shown and confirmed; null for an operation that has none.</summary>
    public Plan? Plan { get; init; }

    /// <summary>What the second person agrees to: the plan, or the request where there is no plan.</summary>
    public required string Hash { get; init; }

    public required string AskedBy { get; init; }

    public required Door Door { get; init; }

    public string? AccountId { get; init; }

    public string? TokenId { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required ApprovalState State { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The run that came of it; it is good for one.</summary>
    public string? RunId { get; init; }

    /// <summary>Why nothing came of an approval.</summary>
    public string? Problem { get; init; }

    public int SchemaVersion { get; init; } = 1;
}

/// <summary>The life of a request: it waits, then exactly one of the three.</summary>
public enum ApprovalState
{
    Waiting,
    Approved,
    Refused,

    /// <summary>Approved, and then not what it was any more: the world, the rights or the time.</summary>
    Void,
}
