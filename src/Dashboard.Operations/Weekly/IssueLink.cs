using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Weekly;

/// <summary>The issue that was made for a recurring problem.</summary>
public sealed record IssueLink
{
    /// <summary>The problem's key.</summary>
    [BsonId]
    public required string Problem { get; init; }

    public required int Number { get; init; }

    public required string Url { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Actor { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
