using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>A load that cannot succeed ends, says what of, and writes nothing any more afterwards.</summary>
public sealed class LoadFailureTests(MongoFixture mongo) : CopyGround(mongo)
{
    [Fact]
    public async Task Names_the_collection_whose_documents_are_not_those_of_the_checksum()
    {
        await InsertAsync("alpha", Numbered(0, 2000));
        await InsertAsync("damaged", Numbered(0, 2000, i => new BsonDocument("text", $"marked {i:0000}")));
        await InsertAsync("omega", Numbered(0, 2000));
        var (archive, _) = await DumpAsync();
        archive[archive.AsSpan().IndexOf("marked 1000"u8)] = (byte)'M';

        var failure = await Assert.ThrowsAsync<ArchiveException>(() => LoadAsync(archive));

        Assert.Equal($"{Source.DatabaseNamespace.DatabaseName}.damaged", failure.Namespace);
        Assert.Contains("checksum", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fails_at_a_duplicate_key_without_telling_its_value()
    {
        var users = new ArchiveNamespace
        {
            Database = "any",
            Collection = "users",
            Indexes = [new BsonDocument { { "v", 2 }, { "key", new BsonDocument("_id", 1) }, { "name", "_id_" } }],
        };
        var archive = await WriteAsync(users, [new BsonDocument("_id", "same@example.com"), new BsonDocument("_id", "same@example.com")]);

        var failure = await Assert.ThrowsAsync<CopyException>(() => LoadAsync(archive));

        Assert.Equal("any.users", failure.Namespace);
        Assert.True(failure.IsArchiveAtFault);
        Assert.Contains("refused 1 of a batch of 2 documents", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("same@example.com", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fails_at_a_unique_index_that_the_documents_break()
    {
        var index = new BsonDocument { { "key", new BsonDocument("email", 1) }, { "name", "email_1" }, { "unique", true } };
        var archive = await WriteAsync(new ArchiveNamespace { Database = "any", Collection = "users", Indexes = [index] }, Numbered(0, 2, _ => new BsonDocument("email", "a")));

        var failure = await Assert.ThrowsAsync<CopyException>(() => LoadAsync(archive));

        Assert.True(failure.IsArchiveAtFault);
        Assert.Contains("any.users: the server cannot build the indexes (email_1)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_options_that_the_server_does_not_know()
    {
        var archive = await WriteAsync(new ArchiveNamespace { Database = "any", Collection = "users", Options = new BsonDocument("neverHeardOf", true) }, Numbered(0, 1));

        var failure = await Assert.ThrowsAsync<CopyException>(() => LoadAsync(archive));

        Assert.Contains("any.users: the server cannot make the collection with its options (neverHeardOf)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_an_index_field_that_the_server_does_not_know_and_drops_those_of_old_servers()
    {
        var old = new BsonDocument { { "v", 1 }, { "key", new BsonDocument("a", 1) }, { "name", "a_1" }, { "ns", "any.users" }, { "background", true }, { "dropDups", false }, { "safe", BsonNull.Value } };
        var strange = new BsonDocument { { "key", new BsonDocument("b", 1) }, { "name", "b_1" }, { "neverHeardOf", 1 } };
        var good = await LoadAsync(await WriteAsync(new ArchiveNamespace { Database = "any", Collection = "users", Indexes = [old] }, Numbered(0, 1)));

        var failure = await Assert.ThrowsAsync<CopyException>(async () => await LoadAsync(
            await WriteAsync(new ArchiveNamespace { Database = "any", Collection = "others", Indexes = [strange] }, Numbered(0, 1))));

        Assert.Empty(await DifferencesAsync(good));
        Assert.Contains("any.others: the server cannot build the indexes (b_1)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("neverHeardOf", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Never_adds_to_a_collection_that_is_there()
    {
        await Target.GetCollection<BsonDocument>("users").InsertOneAsync(new BsonDocument("_id", "mine"), cancellationToken: CancellationToken);
        await InsertAsync("users", Numbered(0, 10));
        var (archive, _) = await DumpAsync();

        var failure = await Assert.ThrowsAsync<CopyException>(() => LoadAsync(archive));

        Assert.False(failure.IsArchiveAtFault);
        Assert.Contains("exists already", failure.Message, StringComparison.Ordinal);
        Assert.Equal("mine", Assert.Single(await DocumentsAsync(Target, "users"))["_id"]);
    }

    [Fact]
    public async Task Stops_when_cancelled_half_way()
    {
        await InsertAsync("users", Numbered(0, 400, _ => new BsonDocument("text", new string('x', 50_000))));
        var (archive, _) = await DumpAsync();
        using var cancel = new CancellationTokenSource();
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(archive), leaveOpen: false, CancellationToken);
        var reports = CopyReports.None with { Progress = (_, _) => cancel.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatabaseLoad.RunAsync(reader, Target, new LoadOptions { NameOf = one => one.Collection }, reports, cancel.Token));

        // What was on its way may still arrive; what had not been sent never does.
        Assert.InRange((await DocumentsAsync(Target, "users")).Count, 1, 399);
    }

    [Fact]
    public async Task Ends_when_the_server_dies_half_way()
    {
        await InsertAsync("users", Numbered(0, 400, _ => new BsonDocument("text", new string('x', 50_000))));
        var (archive, _) = await DumpAsync();
        await using var proxy = FaultProxy.InFrontOf(Mongo.ConnectionString);
        using var client = new MongoClient(proxy.Through(Mongo.ConnectionString) + "&serverSelectionTimeoutMS=2000");
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(archive), leaveOpen: false, CancellationToken);
        var reports = CopyReports.None with { Progress = (_, _) => proxy.Faults = new ProxyFaults { Down = true } };

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => DatabaseLoad.RunAsync(
            reader, client.GetDatabase(Target.DatabaseNamespace.DatabaseName), new LoadOptions { NameOf = one => one.Collection }, reports, CancellationToken));

        Assert.True(StoreFailure.Is(failure), failure.ToString());
    }

    [Fact]
    public async Task Takes_no_batch_twice_when_an_answer_is_lost()
    {
        await InsertAsync("users", Numbered(0, 400, _ => new BsonDocument("text", new string('x', 50_000))));
        var (archive, _) = await DumpAsync();
        await using var proxy = FaultProxy.InFrontOf(Mongo.ConnectionString);
        using var client = new MongoClient(proxy.Through(Mongo.ConnectionString));
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(archive), leaveOpen: false, CancellationToken);
        var reports = CopyReports.None with { Progress = (_, _) => proxy.Faults = new ProxyFaults { ResetAfterRequest = "documents", ResetTimes = 1 } };

        var loaded = await DatabaseLoad.RunAsync(
            reader,
            client.GetDatabase(Target.DatabaseNamespace.DatabaseName),
            new LoadOptions { NameOf = one => one.Collection, ConcurrentInserts = 1 },
            reports with { Progress = Once(reports.Progress) },
            CancellationToken);

        Assert.True(proxy.Resets > 0, "no answer was lost");
        Assert.Empty(await DifferencesAsync(loaded));
    }

    private static Action<long, long> Once(Action<long, long> report)
    {
        var told = 0;
        return (done, total) =>
        {
            if (Interlocked.Exchange(ref told, 1) == 0)
                report(done, total);
        };
    }

    private static async Task<byte[]> WriteAsync(ArchiveNamespace announced, IEnumerable<BsonDocument> documents)
    {
        using var archive = new MemoryStream();
        await using var writer = await ArchiveWriter.CreateAsync(archive, new ArchiveHeader(1, "7.0.0", "test"), [announced], leaveOpen: true, CancellationToken);
        var collection = writer.BeginNamespace(announced.Database, announced.Collection);
        foreach (var document in documents)
            await collection.WriteAsync(document.ToBson(), CancellationToken);
        await collection.CompleteAsync(CancellationToken);
        await writer.CompleteAsync(CancellationToken);
        return archive.ToArray();
    }
}
