using Dashboard.Operations.Metrics;
using MongoDB.Bson;

namespace Dashboard.Operations.Weekly;

/// <summary>What somebody wrote down when the week was reviewed; it is added and never changed, as a signature is.</summary>
public sealed record WeeklyNote
{
    /// <summary>Longer is a document of its own.</summary>
    public const int Longest = 4_000;

    public ObjectId Id { get; init; } = ObjectId.GenerateNewId();

    /// <summary>As <see cref="IsoWeek"/> writes it.</summary>
    public required string Week { get; init; }

    public required string Text { get; init; }

    public required string Author { get; init; }

    public required DateTimeOffset At { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
