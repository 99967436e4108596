using MongoDB.Bson;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Says that a sum has to be counted again. It is written after what made the sum wrong and before that is ticked off, and goes when a count that
/// began after it is stored.
/// </summary>
internal sealed record SumMark
{
    /// <summary>That of the sum.</summary>
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required SumLevel Level { get; init; }

    public required DateTimeOffset From { get; init; }

    /// <summary>Another one each time it is set: a count takes away the mark that it saw, not one that was set meanwhile.</summary>
    public required ObjectId Token { get; init; }

    public SumSpan Span => new(Environment, Level, From);

    public static SumMark Of(SumSpan span) => new() { Id = span.Id, Environment = span.Environment, Level = span.Level, From = span.From, Token = ObjectId.GenerateNewId() };
}
