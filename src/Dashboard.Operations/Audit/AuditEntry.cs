using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Audit;

/// <summary>One entry of the trail. It holds the hash of the one before, so that none can be changed, taken out or put in unseen.</summary>
public sealed record AuditEntry
{
    /// <summary>What the first entry has for the hash of the one before.</summary>
    public static readonly string NoHash = new('0', 64);

    /// <summary>From 1 without a gap.</summary>
    [BsonId]
    public required long Sequence { get; init; }

    /// <summary>Random: two entries of the same content are still two, and whoever writes one recognises it.</summary>
    public required string Ticket { get; init; }

    /// <summary>In UTC, to the millisecond.</summary>
    public required DateTimeOffset At { get; init; }

    public required AuditFact Fact { get; init; }

    /// <summary>Of the product that wrote it.</summary>
    public required string Version { get; init; }

    public required string PreviousHash { get; init; }

    /// <summary>Hexadecimal SHA-256 over all the rest; see <see cref="AuditForm"/>.</summary>
    public required string Hash { get; init; }

    /// <summary>Which form was hashed.</summary>
    public int SchemaVersion { get; init; } = AuditForm.Newest;

    public AuditHead Head => new(Sequence, Hash);
}
