using System.Globalization;

namespace Dashboard.Operations.Running;

/// <summary>The right to change an environment. Its token only ever rises, so that a holder who slept through the expiry can be refused.</summary>
public sealed record Lease
{
    /// <summary>The environment.</summary>
    public required string Id { get; init; }

    public required long Token { get; init; }

    public string? RunId { get; init; }

    public string? Title { get; init; }

    public string? Holder { get; init; }

    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{Id} is held by '{Title}' of {Holder} since {TakenAt:HH:mm:ss} UTC (run {RunId}); wait for it to end or cancel it.");
}
