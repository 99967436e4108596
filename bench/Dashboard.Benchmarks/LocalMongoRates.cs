using System.Diagnostics;
using System.Globalization;
using Dashboard.LocalMongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Benchmarks;

/// <summary>How fast the local MongoDB takes and gives documents of 1 KB, durably, on a data directory of its own.</summary>
internal static class LocalMongoRates
{
    private const int Inserted = 10_000;
    private const int Read = 100_000;
    private const int Singles = 2_000;

    public static async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var directory = Directory.CreateTempSubdirectory("localmongo-bench");
        try
        {
            var start = Stopwatch.StartNew();
            await using var server = await LocalMongoServer.StartAsync(new LocalMongoOptions { DataDirectory = directory.FullName }, cancellationToken: cancellationToken);
            Print("start on a new data directory", start.Elapsed.TotalMilliseconds, "ms");
            using var client = new MongoClient(server.ConnectionString);
            var database = client.GetDatabase("bench");
            await InsertAsync(database, cancellationToken);
            await ReadAsync(database, cancellationToken);
            await InsertSinglesAsync(database, cancellationToken);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task InsertAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var collection = database.GetCollection<RawBsonDocument>("insert");
        await collection.InsertManyAsync(Documents(1000), cancellationToken: cancellationToken);
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var documents = Documents(Inserted);
            var clock = Stopwatch.StartNew();
            await collection.InsertManyAsync(documents, cancellationToken: cancellationToken);
            best = best < clock.Elapsed ? best : clock.Elapsed;
        }

        Print("insertMany of 10,000 documents of 1 KB, best of 5", Inserted / best.TotalSeconds, "documents/s");
    }

    private static async Task ReadAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var collection = database.GetCollection<RawBsonDocument>("read");
        for (var i = 0; i < Read / Inserted; i++) await collection.InsertManyAsync(Documents(Inserted), cancellationToken: cancellationToken);
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var clock = Stopwatch.StartNew();
            var count = 0;
            using var cursor = await collection.FindAsync(Builders<RawBsonDocument>.Filter.Empty, cancellationToken: cancellationToken);
            while (await cursor.MoveNextAsync(cancellationToken)) count += cursor.Current.Count();
            if (count != Read) throw new InvalidOperationException($"Read {count} documents of {Read}.");
            best = best < clock.Elapsed ? best : clock.Elapsed;
        }

        Print("cursor over 100,000 documents of 1 KB, best of 3", Read / best.TotalSeconds, "documents/s");
    }

    private static async Task InsertSinglesAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var collection = database.GetCollection<RawBsonDocument>("single");
        var times = new List<double>(Singles);
        foreach (var document in Documents(Singles + 200))
        {
            var clock = Stopwatch.StartNew();
            await collection.InsertOneAsync(document, cancellationToken: cancellationToken);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        var sorted = times.Skip(200).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"LocalMongo: one insert, p50 {sorted[Singles / 2]:0.00} ms, p95 {sorted[Singles * 95 / 100]:0.00} ms"));
    }

    private static List<RawBsonDocument> Documents(int count)
    {
        var text = new string('x', 980);
        return [.. Enumerable.Range(0, count).Select(i => new RawBsonDocument(new BsonDocument { { "_id", ObjectId.GenerateNewId() }, { "n", i }, { "text", text } }.ToBson()))];
    }

    private static void Print(string what, double figure, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"LocalMongo: {what}: {figure:N0} {unit}"));
}
