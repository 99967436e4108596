using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Databases;

/// <summary>All profiled queries of one shape.</summary>
internal sealed record SlowQuery(string Namespace, string Operation, string Shape, string Plan, int Count, long MostMilliseconds, long AllMilliseconds, long Examined, long Returned)
{
    private const int ReadAtMost = 10_000;

    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{Namespace} {Operation} {Shape}: {Count} × up to {MostMilliseconds:N0} ms, {AllMilliseconds:N0} ms in all; {Plan}, {Examined:N0} documents examined for {Returned:N0} returned");

    /// <summary>Those that cost most in all come first.</summary>
    public static async Task<IReadOnlyList<SlowQuery>> ReadAsync(IMongoDatabase database, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var profile = $"{database.DatabaseNamespace.DatabaseName}.system.profile";
        var entries = await database.GetCollection<BsonDocument>("system.profile")
            .Find(Builders<BsonDocument>.Filter.Gte("ts", since.UtcDateTime) & Builders<BsonDocument>.Filter.Ne("ns", profile))
            .Limit(ReadAtMost)
            .ToListAsync(cancellationToken);
        return
        [
            .. entries.Where(entry => entry.Contains("ns") && entry.Contains("millis"))
                .GroupBy(entry => (Namespace: entry["ns"].AsString, Operation: entry.GetValue("op", "").ToString() ?? string.Empty, Shape: QueryShape.Of(entry)))
                .Select(group => new SlowQuery(
                    group.Key.Namespace,
                    group.Key.Operation,
                    group.Key.Shape,
                    group.Select(PlanOf).First(),
                    group.Count(),
                    group.Max(entry => entry["millis"].ToInt64()),
                    group.Sum(entry => entry["millis"].ToInt64()),
                    group.Sum(entry => Number(entry, "docsExamined")),
                    group.Sum(entry => Number(entry, "nreturned"))))
                .OrderByDescending(query => query.AllMilliseconds)
                .ThenByDescending(query => query.Count),
        ];
    }

    /// <summary>Index keys, no values: "IXSCAN { name: 1 }".</summary>
    private static string PlanOf(BsonDocument entry) => entry.GetValue("planSummary", "no plan").ToString() ?? string.Empty;

    private static long Number(BsonDocument entry, string name) => entry.TryGetValue(name, out var value) && value.IsNumeric ? value.ToInt64() : 0;
}
