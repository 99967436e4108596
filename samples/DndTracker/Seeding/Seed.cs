using DndTracker.Health;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Seeding;

/// <summary>
/// Creates the collections, their indexes and the sample data. A marker collection exists while it works: a run that finds it
/// begins again, a run that finds data without it leaves everything as it is.
/// </summary>
internal sealed class Seed(IMongoDatabase database, TextWriter output)
{
    public const string Marker = "seed_unfinished";

    private const int CommandNotSupported = 115;
    private const int BatchSize = 1000;

    /// <summary>Whether anything was done; false means that the database had data already.</summary>
    public async Task<bool> RunAsync(SeedSize size, CancellationToken cancellationToken)
    {
        var existing = await (await database.ListCollectionNamesAsync(cancellationToken: cancellationToken)).ToListAsync(cancellationToken);
        if (existing.Contains(Marker, StringComparer.Ordinal))
        {
            await output.WriteLineAsync("An earlier seed was cut short: beginning again.");
            foreach (var collection in Schema.Collections.Where(name => existing.Contains(name, StringComparer.Ordinal)))
                await database.DropCollectionAsync(collection, cancellationToken);
        }
        else if (Schema.Collections.Any(name => existing.Contains(name, StringComparer.Ordinal)))
        {
            return false;
        }
        else
        {
            await database.CreateCollectionAsync(Marker, cancellationToken: cancellationToken);
        }

        var sample = SampleData.Create(size);
        foreach (var collection in Schema.Collections)
        {
            await CreateCollectionAsync(collection, cancellationToken);
            await InsertAsync(collection, sample.Of(collection), cancellationToken);
            // Built over the finished data: far quicker than keeping them up to date document by document.
            await CreateIndexesAsync(collection, cancellationToken);
        }

        await ApplyMigrationsAsync(cancellationToken);
        await database.DropCollectionAsync(Marker, cancellationToken);
        return true;
    }

    private async Task CreateCollectionAsync(string collection, CancellationToken cancellationToken)
    {
        if (!Schema.IsCaseInsensitive(collection))
        {
            await database.CreateCollectionAsync(collection, cancellationToken: cancellationToken);
            return;
        }

        try
        {
            var options = new CreateCollectionOptions { Collation = new Collation("en", strength: CollationStrength.Secondary) };
            await database.CreateCollectionAsync(collection, options, cancellationToken);
        }
        catch (MongoCommandException refused) when (refused.Code == CommandNotSupported)
        {
            await output.WriteLineAsync($"This server has no collations: {collection} compares letter case.");
            await database.CreateCollectionAsync(collection, cancellationToken: cancellationToken);
        }
    }

    private async Task InsertAsync(string collection, IEnumerable<BsonDocument> documents, CancellationToken cancellationToken)
    {
        var unordered = new InsertManyOptions { IsOrdered = false };
        foreach (var batch in documents.Chunk(BatchSize))
            await database.GetCollection<BsonDocument>(collection).InsertManyAsync(batch, unordered, cancellationToken);
    }

    private async Task CreateIndexesAsync(string collection, CancellationToken cancellationToken)
    {
        var indexes = Schema.IndexesOf(collection);
        if (indexes.Count > 0)
            await RunAsync(new BsonDocument { { "createIndexes", collection }, { "indexes", indexes } }, cancellationToken);
    }

    private async Task ApplyMigrationsAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "migrations");
        var records = database.GetCollection<BsonDocument>("migrations");
        var source = new SampleSource(9);
        foreach (var file in MigrationFiles.Read(folder).All)
        {
            var migration = BsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, file.Filename), cancellationToken));
            foreach (var command in migration["up"].AsBsonArray)
                await RunAsync(command.AsBsonDocument, cancellationToken);
            await records.InsertOneAsync(SampleData.MigrationRecord(file, migration, source), cancellationToken: cancellationToken);
        }
    }

    private Task<BsonDocument> RunAsync(BsonDocument command, CancellationToken cancellationToken) =>
        database.RunCommandAsync<BsonDocument>(command, cancellationToken: cancellationToken);
}
