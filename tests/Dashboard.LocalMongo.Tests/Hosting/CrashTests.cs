using System.Collections.Concurrent;
using Dashboard.Testing.Faults;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Hosting;

public sealed class CrashTests
{
    [Fact]
    public async Task No_acknowledged_write_is_lost_when_gateway_and_engine_are_killed()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        await using var first = await StandaloneServer.StartAsync(data.Path, token);
        using var client = new MongoClient(first.ConnectionString);
        var database = client.GetDatabase("crash");
        await database.CreateCollectionAsync("inserts", cancellationToken: token);
        await database.CreateCollectionAsync("counters", cancellationToken: token);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(token);
        var inserted = new ConcurrentQueue<string>();
        var counted = new ConcurrentDictionary<int, int>();
        Task[] writers = [.. Enumerable.Range(0, 6).Select(w => InsertAsync(database, w, inserted, enough.Token)), .. Enumerable.Range(0, 2).Select(w => CountAsync(database, w, counted, enough.Token))];

        await AcknowledgedAsync(300);
        await KillEngineAsync(data.Path);
        await AcknowledgedAsync(300);
        await first.KillAsync();
        await using var second = await StandaloneServer.StartAsync(data.Path, token);
        await AcknowledgedAsync(300);
        await KillEngineAsync(data.Path);
        await second.KillAsync();
        await using var third = await StandaloneServer.StartAsync(data.Path, token);
        await AcknowledgedAsync(300);
        await enough.CancelAsync();
        await Task.WhenAll(writers);

        var stored = (await database.GetCollection<BsonDocument>("inserts").Find("{}").ToListAsync(token)).Select(d => d["_id"].AsString).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(inserted, id => !stored.Contains(id));
        Assert.True(inserted.Count >= 1200 - counted.Values.Sum());
        foreach (var counter in await database.GetCollection<BsonDocument>("counters").Find("{}").ToListAsync(token))
        {
            // A write whose client saw an error may have happened: one for each failure at most.
            Assert.True(counter["n"].ToInt32() >= counted[counter["_id"].AsInt32], $"Counter {counter} is below its {counted[counter["_id"].AsInt32]} acknowledged increments.");
        }

        Task AcknowledgedAsync(int more)
        {
            var until = inserted.Count + counted.Values.Sum() + more;
            return Eventually.TrueAsync(() => inserted.Count + counted.Values.Sum() >= until, $"{more} more acknowledged writes", TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public async Task A_transaction_is_whole_or_absent_after_the_engine_is_killed()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        await using var server = await LocalMongoServer.StartAsync(data.Options, cancellationToken: token);
        using var client = new MongoClient(server.ConnectionString);
        var database = client.GetDatabase("crash");
        await database.GetCollection<BsonDocument>("a").InsertOneAsync(new BsonDocument("_id", 0), cancellationToken: token);
        await database.GetCollection<BsonDocument>("b").InsertOneAsync(new BsonDocument("_id", 0), cancellationToken: token);

        for (var round = 1; round <= 3; round++)
        {
            using var session = await client.StartSessionAsync(cancellationToken: token);
            var attempts = 0;
            var number = round;
            await session.WithTransactionAsync(async (s, ct) =>
            {
                await database.GetCollection<BsonDocument>("a").InsertOneAsync(s, new BsonDocument("_id", number), cancellationToken: ct);
                if (attempts++ == 0) await KillEngineAsync(data.Path);
                await database.GetCollection<BsonDocument>("b").InsertOneAsync(s, new BsonDocument("_id", number), cancellationToken: ct);
                return true;
            }, cancellationToken: token);
            Assert.True(attempts > 1);
        }

        Assert.Equal([0, 1, 2, 3], await IdsAsync("a"));
        Assert.Equal([0, 1, 2, 3], await IdsAsync("b"));

        async Task<IEnumerable<int>> IdsAsync(string name) =>
            (await database.GetCollection<BsonDocument>(name).Find("{}").Sort("{ _id: 1 }").ToListAsync(token)).Select(d => d["_id"].AsInt32);
    }

    private static async Task KillEngineAsync(string data)
    {
        var postmaster = Processes.PostmasterOf(data) ?? throw new InvalidOperationException("No engine runs.");
        await Processes.SignalAsync("KILL", [postmaster, .. Processes.ChildrenOf(postmaster)]);
    }

    private static async Task InsertAsync(IMongoDatabase database, int writer, ConcurrentQueue<string> acknowledged, CancellationToken enough)
    {
        var collection = database.GetCollection<BsonDocument>("inserts");
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            var id = $"{writer}-{i}";
            if (await IsDoneAsync(() => collection.InsertOneAsync(new BsonDocument("_id", id), cancellationToken: CancellationToken.None))) acknowledged.Enqueue(id);
        }
    }

    private static async Task CountAsync(IMongoDatabase database, int writer, ConcurrentDictionary<int, int> acknowledged, CancellationToken enough)
    {
        var collection = database.GetCollection<BsonDocument>("counters");
        while (!enough.IsCancellationRequested)
        {
            var done = await IsDoneAsync(() => collection.UpdateOneAsync(
                new BsonDocument("_id", writer), "{ $inc: { n: 1 } }", new UpdateOptions { IsUpsert = true }, CancellationToken.None));
            if (done) acknowledged.AddOrUpdate(writer, 1, (_, n) => n + 1);
        }
    }

    private static async Task<bool> IsDoneAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            return false;
        }
    }
}
