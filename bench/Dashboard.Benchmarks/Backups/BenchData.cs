using System.Globalization;
using DndTracker.Seeding;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Benchmarks.Backups;

/// <summary>
/// Data of the D&amp;D Tracker in the size that is wanted, the same at each run: the sample's own documents and indexes, in as many blocks
/// as it takes, and a sixth of it in twenty small collections.
/// </summary>
internal static class BenchData
{
    private const int SmallCollections = 20;
    private static readonly SeedSize Block = new(Users: 4000, Characters: 10_000, Parties: 1000, Encounters: 4000);
    private static readonly string[] Large = ["users", "parties", "characters", "encounters"];

    public static async Task SeedAsync(IMongoDatabase database, long largeBytes, long smallBytes)
    {
        var clock = TimeProvider.System.GetTimestamp();
        long large = 0;
        long small = 0;
        for (var block = 0; large < largeBytes || small < smallBytes; block++)
        {
            var sample = SampleData.Create(Block, block);
            if (large < largeBytes)
                foreach (var name in Large)
                    large += await InsertAsync(database, name, sample.Of(name));
            else
                small += await InsertSmallAsync(database, block, sample.Of("characters"), smallBytes);
        }

        foreach (var name in Large)
            await IndexAsync(database, name, Schema.IndexesOf(name));
        for (var i = 0; i < SmallCollections; i++)
            await IndexAsync(database, SmallName(i), [Index("ownerId"), Index("name"), Index("updatedAt")]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"seeded {large / 1e6:0} MB in 4 collections and {small / 1e6:0} MB in {SmallCollections} in {TimeProvider.System.GetElapsedTime(clock).TotalSeconds:0} s"));
    }

    private static string SmallName(int i) => string.Create(CultureInfo.InvariantCulture, $"archive_{i:00}");

    private static BsonDocument Index(string field) => new() { { "key", new BsonDocument(field, 1) }, { "name", field + "_1" } };

    private static async Task<long> InsertSmallAsync(IMongoDatabase database, int block, IReadOnlyList<BsonDocument> documents, long smallBytes)
    {
        long bytes = 0;
        // One collection is done before the next begins, as far as it goes.
        foreach (var part in documents.Chunk(documents.Count / 4))
            bytes += await InsertAsync(database, SmallName((block++ * 7) % SmallCollections), part);
        return Math.Max(bytes, smallBytes / 1000);
    }

    private static async Task<long> InsertAsync(IMongoDatabase database, string collection, IReadOnlyList<BsonDocument> documents)
    {
        long bytes = 0;
        foreach (var batch in documents.Select(one => new RawBsonDocument(one.ToBson())).Chunk(2000))
        {
            await database.GetCollection<RawBsonDocument>(collection).InsertManyAsync(batch, new InsertManyOptions { IsOrdered = false });
            bytes += batch.Sum(one => (long)one.Slice.Length);
        }

        return bytes;
    }

    private static async Task IndexAsync(IMongoDatabase database, string collection, BsonArray indexes) =>
        await database.RunCommandAsync<BsonDocument>(new BsonDocument { { "createIndexes", collection }, { "indexes", indexes } });
}
