using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Audit;

/// <summary>What somebody did in one span, however often; the first time has its entry in the trail.</summary>
internal sealed record AuditTally
{
    /// <summary>Longer than an entry may take, so that of two dashboards that look one writes it.</summary>
    public static readonly TimeSpan ClaimLength = 4 * AuditTrail.Patience;

    /// <summary>A dashboard that could not reach the database brings its part later.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    /// <summary>SHA-256 of who, what, and when the span began.</summary>
    [BsonId]
    public required string Id { get; init; }

    public required AuditFact Fact { get; init; }

    public required DateTimeOffset FirstAt { get; init; }

    public required DateTimeOffset Begins { get; init; }

    public required DateTimeOffset Ends { get; init; }

    public long Count { get; init; } = 1;

    /// <summary>At the end of the span a second entry says how many there were.</summary>
    public bool IsCounted { get; init; }

    /// <summary>The first one is in the trail.</summary>
    public bool IsTold { get; init; }

    /// <summary>When the next look has to do something about it, unless somebody else does; null when everything is told.</summary>
    public DateTimeOffset? NextAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public DateTimeOffset? NextAfterFirst => IsCounted ? Ends + Grace : null;

    public AuditFact Sum => Fact with { After = string.Create(CultureInfo.InvariantCulture, $"{Count:N0} in all from {Begins.UtcDateTime:yyyy-MM-dd HH:mm} to {Ends.UtcDateTime:HH:mm} UTC"), RequestId = null };

    public static AuditTally Of(AuditFact fact, string who, TimeSpan span, bool isCounted, DateTimeOffset now)
    {
        var begins = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % span.Ticks), TimeSpan.Zero);
        return new AuditTally
        {
            Id = IdOf(begins.UtcTicks.ToString(CultureInfo.InvariantCulture), who, fact.Action, fact.Environment, fact.Target, fact.Outcome.ToString(), fact.Reason),
            Fact = fact,
            FirstAt = now,
            Begins = begins,
            Ends = begins + span,
            IsCounted = isCounted,
            NextAt = now + ClaimLength,
            ExpiresAt = begins + span + Keep,
        };
    }

    /// <summary>An entry has the moment at which it is written.</summary>
    public AuditFact First(DateTimeOffset now) =>
        now - FirstAt < Late ? Fact : Fact with { After = string.Create(CultureInfo.InvariantCulture, $"at {FirstAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; the entry could not be written before") };

    private static string IdOf(params string?[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => $"{part?.Length ?? -1}:{part}")))));
}
