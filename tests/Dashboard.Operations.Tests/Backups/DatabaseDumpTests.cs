using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups;

public sealed class DatabaseDumpTests(MongoFixture mongo) : CopyGround(mongo)
{
    [Fact]
    public async Task Shows_one_moment_where_the_server_has_moments_and_says_so_where_not()
    {
        const int pairs = 20_000;
        await InsertAsync("left", Numbered(0, pairs, _ => new BsonDocument("text", new string('x', 200))));
        await InsertAsync("right", Numbered(0, pairs, _ => new BsonDocument("text", new string('x', 200))));
        using var stop = new CancellationTokenSource();
        var writing = WritePairsAsync(pairs, stop.Token);

        var (archive, result) = await DumpAsync(new DumpOptions { ConcurrentCollections = 1 });
        await stop.CancelAsync();
        var written = await writing;

        Assert.True(written > 0, "nothing was written meanwhile");
        Assert.Equal(Mongo.IsGenuine ? Consistency.Snapshot : Consistency.PerCollection, result.Consistency);
        Assert.Equal(Mongo.IsGenuine, result.ClusterTime is not null);
        var counts = result.Collections.Select(one => one.Totals.Documents).ToList();
        if (Mongo.IsGenuine)
            // The left one is always written first: at one moment it is ahead by one at most.
            Assert.InRange(counts[0] - counts[1], 0, 1);
        else
            Assert.Contains(Said, line => line.StartsWith("Each collection is read by itself, not all at one moment", StringComparison.Ordinal));
        Assert.NotEmpty(archive);
    }

    [Fact]
    public async Task Reads_per_collection_when_asked_to()
    {
        await InsertAsync("users", Numbered(0, 10));

        var (_, result) = await DumpAsync(new DumpOptions { Consistency = Consistency.PerCollection });

        Assert.Equal(Consistency.PerCollection, result.Consistency);
        Assert.DoesNotContain(Said, line => line.Contains("moment", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leaves_out_what_restores_and_verifications_work_in()
    {
        foreach (var name in (string[])["users", "__restore_1.users", "__before_1.users", "__verify_1.users", "__stray_1.users", "not__before_"])
            await InsertAsync(name, Numbered(0, 1));

        var (_, result) = await DumpAsync();

        Assert.Equal(["not__before_", "users"], result.Collections.Select(one => one.Namespace.Collection));
    }

    [Fact]
    public async Task Reports_what_the_archive_holds()
    {
        await InsertAsync("users", Numbered(0, 5000));
        await RunAsync("""{"create":"empty"}""");
        await RunAsync("""{"create":"heroes","viewOn":"users","pipeline":[]}""");

        var (archive, result) = await DumpAsync();
        var proven = await ArchiveVerifier.VerifyAsync(new MemoryStream(archive), CancellationToken);

        Assert.Equal(4, proven.Header.ConcurrentCollections);
        Assert.Equal(proven.Totals, result.Collections.Select(one => one.Totals));
        Assert.Equal([0, 0, 5000], result.Collections.Select(one => one.Totals.Documents));
        Assert.Equal(ContentDigest.Empty, result.Collections[0].Digest);
        var documents = await DocumentsAsync(Source, "users");
        Assert.Equal(documents.Aggregate(ContentDigest.Empty, (digest, one) => digest.Append(one.ToBson())), result.Collections[2].Digest);
        Assert.Contains(Said, line => line.StartsWith("users: 5,000 documents, ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tells_of_each_collection_how_many_documents_and_bytes_of_how_many_it_has_moved_dump_load_and_comparison_alike()
    {
        await InsertAsync("users", Numbered(0, 5000));
        await InsertAsync("heroes", Numbered(0, 30));
        await RunAsync("""{"createIndexes":"users","indexes":[{"key":{"name":1},"name":"name_1"}]}""");
        var seen = new List<IReadOnlyList<RunPart>>();
        Func<RunParts> look = () => RunParts.Of([]);
        var reports = new CopyReports((_, _) => { lock (seen) seen.Add(look().Shown); }, Said.Enqueue, Said.Enqueue) { Follow = asked => look = asked };

        using var archive = new MemoryStream();
        var dump = await DatabaseDump.PrepareAsync(Source, new DumpOptions(), CancellationToken);
        var dumped = await dump.WriteAsync(archive, reports, CancellationToken);
        var sizes = dumped.Collections.ToDictionary(one => one.Namespace.Collection, one => new CollectionSize(one.Totals.Documents, one.Totals.Bytes), StringComparer.Ordinal);
        Assert.Equal(All(sizes), Moved(look()));
        Assert.All(look().Shown, part => Assert.True(part.ExpectedBytes > 0, $"{part} was expected by the server's figure"));
        Assert.Contains(seen, parts => parts.Any(part => part is { Name: "users", State: PartState.AtWork, Documents: 256 }));

        seen.Clear();
        archive.Position = 0;
        await using var reader = await ArchiveReader.OpenAsync(archive, leaveOpen: true, CancellationToken);
        var loaded = await DatabaseLoad.RunAsync(reader, Target, new LoadOptions { NameOf = one => one.Collection, Expected = sizes }, reports, CancellationToken);
        Assert.Equal(All(sizes), Moved(look()));
        Assert.All(look().Shown, part => Assert.Equal((part.Documents, part.Bytes), (part.ExpectedDocuments, part.ExpectedBytes)));
        Assert.Contains(seen, parts => parts.Any(part => part is { Name: "users", State: PartState.Indexing, Documents: 5000 }));

        await CollectionComparison.CompareAsync(Target, [.. loaded.Collections.Select(one => ExpectedCollection.Of(one))], reports, CancellationToken);
        Assert.Equal(All(sizes), Moved(look()));
    }

    [Fact]
    public async Task Fails_when_a_collection_is_dropped_and_made_anew_meanwhile()
    {
        await InsertAsync("users", Numbered(0, 10));
        var dump = await DatabaseDump.PrepareAsync(Source, new DumpOptions { Consistency = Consistency.PerCollection }, CancellationToken);
        await Source.DropCollectionAsync("users", CancellationToken);
        await InsertAsync("users", Numbered(0, 10));

        var failure = await Assert.ThrowsAsync<CopyException>(() => dump.WriteAsync(new MemoryStream(), Reports, CancellationToken));

        Assert.Contains("users was dropped and made anew", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fails_when_a_collection_is_dropped_meanwhile_and_tells_of_new_ones()
    {
        await InsertAsync("users", Numbered(0, 10));
        var options = new DumpOptions { Consistency = Consistency.PerCollection };
        var first = await DatabaseDump.PrepareAsync(Source, options, CancellationToken);
        await InsertAsync("late", Numbered(0, 10));
        await first.WriteAsync(new MemoryStream(), Reports, CancellationToken);
        var second = await DatabaseDump.PrepareAsync(Source, options, CancellationToken);
        await Source.DropCollectionAsync("users", CancellationToken);

        var failure = await Assert.ThrowsAsync<CopyException>(() => second.WriteAsync(new MemoryStream(), Reports, CancellationToken));

        Assert.Contains("Not in the archive, because made while the database was read: late.", Said);
        Assert.Contains("users was dropped or renamed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_to_do_when_the_server_no_longer_keeps_the_moment()
    {
        await InsertAsync("users", Numbered(0, 10));
        var dump = await DatabaseDump.PrepareAsync(Source, new DumpOptions(), CancellationToken);
        dump.Moment = new DumpMoment(new BsonTimestamp(1_500_000_000, 1), null);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => dump.WriteAsync(new MemoryStream(), Reports, CancellationToken));

        // The other server has no moments at all, and refuses to be asked for one.
        Assert.Equal(Mongo.IsGenuine, failure is CopyException { IsSnapshotTooOld: true });
        if (Mongo.IsGenuine)
            Assert.Contains("users: the server no longer keeps the moment of 02:40:00 UTC", failure.Message, StringComparison.Ordinal);
        else
            Assert.True(StoreFailure.Is(failure), failure.ToString());
    }

    [Fact]
    public async Task Leaves_a_cut_archive_when_cancelled_half_way()
    {
        await InsertAsync("users", Numbered(0, 400, _ => new BsonDocument("text", new string('x', 50_000))));
        using var cancel = new CancellationTokenSource();
        using var archive = new MemoryStream();
        var dump = await DatabaseDump.PrepareAsync(Source, new DumpOptions(), CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            dump.WriteAsync(archive, CopyReports.None with { Progress = (_, _) => cancel.Cancel() }, cancel.Token));

        await Assert.ThrowsAsync<ArchiveException>(() => ArchiveVerifier.VerifyAsync(new MemoryStream(archive.ToArray()), CancellationToken));
    }

    [Fact]
    public async Task Leaves_a_cut_archive_when_the_server_dies_half_way()
    {
        await InsertAsync("users", Numbered(0, 400, _ => new BsonDocument("text", new string('x', 50_000))));
        await using var proxy = FaultProxy.InFrontOf(Mongo.ConnectionString);
        using var client = new MongoClient(proxy.Through(Mongo.ConnectionString) + "&serverSelectionTimeoutMS=2000");
        using var archive = new MemoryStream();
        var dump = await DatabaseDump.PrepareAsync(client.GetDatabase(Source.DatabaseNamespace.DatabaseName), new DumpOptions(), CancellationToken);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() =>
            dump.WriteAsync(archive, CopyReports.None with { Progress = (_, _) => proxy.Faults = new ProxyFaults { Down = true } }, CancellationToken));

        Assert.True(StoreFailure.Is(failure), failure.ToString());
        await Assert.ThrowsAsync<ArchiveException>(() => ArchiveVerifier.VerifyAsync(new MemoryStream(archive.ToArray()), CancellationToken));
    }

    /// <summary>Documents that come in pairs, the left one first; the number of pairs written.</summary>
    private async Task<int> WritePairsAsync(int from, CancellationToken stop)
    {
        var written = 0;
        for (; !stop.IsCancellationRequested; written++)
        {
            foreach (var side in (string[])["left", "right"])
                await Source.GetCollection<BsonDocument>(side).InsertOneAsync(new BsonDocument("_id", from + written), cancellationToken: CancellationToken);
        }

        return written;
    }

    private static IEnumerable<(string Name, PartState State, long Documents, long Bytes)> All(IReadOnlyDictionary<string, CollectionSize> sizes) => sizes
        .OrderByDescending(one => one.Value.Bytes)
        .Select(one => (one.Key, PartState.Done, one.Value.Documents, one.Value.Bytes));

    private static IEnumerable<(string Name, PartState State, long Documents, long Bytes)> Moved(RunParts parts) =>
        parts.Shown.Select(part => (part.Name, part.State, part.Documents, part.Bytes));
}
