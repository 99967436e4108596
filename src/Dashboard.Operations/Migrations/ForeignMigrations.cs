using Dashboard.Operations.Environments;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Migrations;

/// <summary>What other migration tools have recorded in the same database; read only, and only where they have.</summary>
public static class ForeignMigrations
{
    private const string MigrateMongo = "changelog";
    private const string Mongock = "mongockChangeLog";
    private const int Most = 1_000;

    /// <summary>One entry for each tool whose collection is there.</summary>
    public static async Task<IReadOnlyList<ForeignLedger>> ReadAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        using var names = await environment.Database.ListCollectionNamesAsync(
            new ListCollectionNamesOptions { Filter = Builders<BsonDocument>.Filter.In("name", [MigrateMongo, Mongock]) }, cancellationToken);
        var there = await names.ToListAsync(cancellationToken);
        var ledgers = new List<ForeignLedger>();
        if (there.Contains(MigrateMongo, StringComparer.Ordinal) && MigrateMongo != environment.Settings.Migrations.Collection)
            ledgers.Add(new ForeignLedger("migrate-mongo", MigrateMongo, await ListAsync(environment, MigrateMongo, "appliedAt", OfMigrateMongo, cancellationToken)));
        if (there.Contains(Mongock, StringComparer.Ordinal))
            ledgers.Add(new ForeignLedger("Mongock", Mongock, await ListAsync(environment, Mongock, "timestamp", OfMongock, cancellationToken)));
        return ledgers;
    }

    private static async Task<IReadOnlyList<ForeignMigration>> ListAsync(
        TargetEnvironment environment, string collection, string time, Func<BsonDocument, ForeignMigration> read, CancellationToken cancellationToken) =>
    [
        .. (await environment.Database.GetCollection<BsonDocument>(collection).Find(FilterDefinition<BsonDocument>.Empty)
            .Sort(Builders<BsonDocument>.Sort.Descending(time)).Limit(Most).ToListAsync(cancellationToken)).Select(read),
    ];

    private static ForeignMigration OfMigrateMongo(BsonDocument document) => new(Text(document, "fileName") ?? "?", "applied", Moment(document, "appliedAt"), Who: null, Took: null);

    private static ForeignMigration OfMongock(BsonDocument document) => new(
        Text(document, "changeId") ?? "?",
        (Text(document, "state") ?? "executed").ToLowerInvariant().Replace('_', ' '),
        Moment(document, "timestamp"),
        Text(document, "author"),
        document.GetValue("executionMillis", BsonNull.Value) is { IsNumeric: true } milliseconds ? TimeSpan.FromMilliseconds(milliseconds.ToDouble()) : null);

    private static string? Text(BsonDocument document, string field) => document.GetValue(field, BsonNull.Value) is BsonString { Value: { Length: > 0 } text } ? text : null;

    private static DateTimeOffset? Moment(BsonDocument document, string field) => document.GetValue(field, BsonNull.Value) is BsonDateTime at ? new DateTimeOffset(at.ToUniversalTime()) : null;
}

/// <summary>The records of another tool, newest first.</summary>
public sealed record ForeignLedger(string Tool, string Collection, IReadOnlyList<ForeignMigration> Entries);

/// <summary>One of them; the state is the tool's own word.</summary>
public sealed record ForeignMigration(string Name, string State, DateTimeOffset? At, string? Who, TimeSpan? Took);
