using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Hosting;

public sealed class SharingTests
{
    [Fact]
    public async Task Starts_at_once_share_one_server()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();

        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LocalMongoServer.StartAsync(data.Options, cancellationToken: token)));

        Assert.Single(servers.Select(s => s.ConnectionString).Distinct(StringComparer.Ordinal));
        Assert.Equal(1, await PingAsync(servers[3].ConnectionString, token));
        foreach (var server in servers) await server.DisposeAsync();
        Assert.Empty(Processes.Mentioning(data.Path));
    }

    [Fact]
    public async Task An_attached_process_takes_over_from_a_killed_one_on_the_same_port()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        await using var owner = await StandaloneServer.StartAsync(data.Path, token);
        await using var attached = await LocalMongoServer.StartAsync(data.Options, cancellationToken: token);
        using var client = new MongoClient(attached.ConnectionString);
        var collection = client.GetDatabase("test").GetCollection<BsonDocument>("c");
        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);

        await owner.KillAsync();
        await collection.InsertOneAsync(new BsonDocument("_id", 2), cancellationToken: token);

        Assert.Equal(owner.ConnectionString, attached.ConnectionString);
        Assert.Equal(2, await collection.CountDocumentsAsync("{}", cancellationToken: token));
        Assert.Contains("DocumentDB", attached.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attached_server_takes_over_from_one_that_ends_well_and_data_and_port_stay()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        var first = await LocalMongoServer.StartAsync(data.Options, cancellationToken: token);
        var second = await LocalMongoServer.StartAsync(data.Options, cancellationToken: token);
        using var client = new MongoClient(first.ConnectionString);
        var collection = client.GetDatabase("test").GetCollection<BsonDocument>("c");
        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);

        await first.DisposeAsync();
        await collection.InsertOneAsync(new BsonDocument("_id", 2), cancellationToken: token);
        await second.DisposeAsync();
        await using var third = await LocalMongoServer.StartAsync(data.Options, cancellationToken: token);

        Assert.Equal(first.ConnectionString, third.ConnectionString);
        Assert.Equal(2, await collection.CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task An_engine_that_a_killed_owner_left_is_replaced()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        await using var owner = await StandaloneServer.StartAsync(data.Path, token);
        var left = Processes.PostmasterOf(data.Path) ?? 0;
        // With the guards killed too nothing stops the engine.
        await Processes.SignalAsync("KILL", Processes.Mentioning(data.Path).Except([left, .. Processes.ChildrenOf(left)]));
        await owner.KillAsync();
        Assert.True(Processes.IsAlive(left));

        await using (var next = await LocalMongoServer.StartAsync(data.Options, cancellationToken: token))
        {
            Assert.False(Processes.IsAlive(left));
            Assert.NotNull(Processes.PostmasterOf(data.Path));
            Assert.Equal(1, await PingAsync(next.ConnectionString, token));
        }

        Assert.Empty(Processes.Mentioning(data.Path));
    }

    [Fact]
    public async Task A_pid_file_with_a_strangers_number_is_no_obstacle()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        await (await LocalMongoServer.StartAsync(data.Options, cancellationToken: token)).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(data.Path, "pg", "postmaster.pid"), $"{Environment.ProcessId}\n", token);

        await using var server = await LocalMongoServer.StartAsync(data.Options, cancellationToken: token);

        Assert.Equal(1, await PingAsync(server.ConnectionString, token));
    }

    [Theory]
    [InlineData("with 'quotes', spaces and ünicode")]
    [InlineData("deep/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")]
    public async Task Any_folder_will_do(string name)
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder(name);

        await using var server = await LocalMongoServer.StartAsync(data.Options, cancellationToken: token);

        Assert.Equal(1, await PingAsync(server.ConnectionString, token));
    }

    [Fact]
    public async Task The_given_one_is_taken_as_it_is()
    {
        await using var server = await LocalMongoServer.StartAsync(
            new LocalMongoOptions { GivenUri = "mongodb://user:secret@example.invalid/", DataDirectory = "unused" }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((LocalMongoKind.Given, "mongodb://user:secret@example.invalid/"), (server.Kind, server.ConnectionString));
        Assert.DoesNotContain("secret", server.Description, StringComparison.Ordinal);
        Assert.False(Directory.Exists("unused"));
    }

    private static async Task<int> PingAsync(string connectionString, CancellationToken token)
    {
        using var client = new MongoClient(connectionString);
        return (await client.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ ping: 1 }", cancellationToken: token))["ok"].ToInt32();
    }
}
