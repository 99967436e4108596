using Dashboard.Operations.Running;

namespace Dashboard.Operations.Access;

/// <summary>What a script signs in with.</summary>
public sealed record ApiToken
{
    public required string Id { get; init; }

    /// <summary>The beginning of the token, by which people tell it from others; it opens nothing.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256; the token itself is shown once and kept nowhere.</summary>
    public required string Hash { get; init; }

    public required string Name { get; init; }

    public required Role Role { get; init; }

    /// <summary>Where it may act; null is everywhere.</summary>
    public IReadOnlyList<string>? Environments { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    public string? UsedFrom { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? RevokedBy { get; init; }

    /// <summary>Some time after its end it is deleted; the trail still names it.</summary>
    public required DateTimeOffset KeptUntil { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public Caller Caller => new($"{Name} ({Prefix}…)", Role, Environments) { TokenId = Id };

    /// <summary>A record would print its hash.</summary>
    public override string ToString() => $"{Name} ({Prefix}…, {Role.Word()})";
}
