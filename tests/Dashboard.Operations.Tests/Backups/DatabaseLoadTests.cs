using Dashboard.MongoArchive;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>What a dump took comes out of a load as it was.</summary>
public sealed class DatabaseLoadTests(MongoFixture mongo) : CopyGround(mongo)
{
    private const int LargestDocument = 16 * 1024 * 1024;

    [Fact]
    public async Task Copies_every_type_and_extreme_value_byte_for_byte()
    {
        await InsertAsync("types", Extremes());

        var (archive, dumped) = await DumpAsync();
        var loaded = await LoadAsync(archive);

        Assert.Empty(await DifferencesAsync(loaded));
        Assert.Equal((await DocumentsAsync(Source, "types")).Select(one => one.ToBson()), (await DocumentsAsync(Target, "types")).Select(one => one.ToBson()));
        Assert.Equal(dumped.Collections.Single().Digest, loaded.Collections.Single().Digest);
        Assert.Equal(dumped.Collections.Single().Totals, loaded.Collections.Single().Totals);
    }

    [Fact]
    public async Task Copies_the_largest_document_beside_small_ones()
    {
        await InsertAsync("large", Numbered(0, 3000));
        var empty = new BsonDocument { { "_id", "large" }, { "data", new BsonBinaryData([]) } }.ToBson().Length;
        await InsertAsync("large", [new BsonDocument { { "_id", "large" }, { "data", new byte[LargestDocument - empty] } }]);
        await InsertAsync("large", Numbered(3000, 3000));

        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);

        Assert.Empty(await DifferencesAsync(loaded));
        Assert.Equal(6001, loaded.Collections.Single().Totals.Documents);
    }

    [Fact]
    public async Task Copies_unicode_names_and_empty_collections()
    {
        await InsertAsync("übung.a b", Numbered(0, 1));
        await InsertAsync("竜%41+*", Numbered(0, 2));
        await RunAsync("""{"create":"empty"}""");
        await RunAsync("""{"createIndexes":"empty","indexes":[{"key":{"ключ":1},"name":"индекс"}]}""");

        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive, one => "__restore_6924.🐉." + one.Collection);

        Assert.Empty(await DifferencesAsync(loaded));
        Assert.Equal(3, loaded.Collections.Count);
        Assert.Equal(2, (await DocumentsAsync(Target, "__restore_6924.🐉.竜%41+*")).Count);
    }

    [Fact]
    public async Task Copies_every_kind_of_index_that_the_server_has()
    {
        await InsertAsync("characters", Numbered(0, 200, i => new BsonDocument { { "name", $"Held {i}" }, { "level", i % 20 }, { "tags", new BsonArray { "a", i } }, { "at", new BsonArray { i / 10.0, i / 20.0 } } }));
        var made = 0;
        foreach (var index in EveryIndex())
            made += await TryAsync($$"""{"createIndexes":"characters","indexes":[{{index}}]}""") ? 1 : 0;
        Assert.True(made >= (Mongo.IsGenuine ? 14 : 7), $"only {made} kinds of index were made");

        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);

        Assert.Empty(await DifferencesAsync(loaded));
        await loaded.FinishAsync(CancellationToken);
        Assert.Empty(await DifferencesAsync(loaded, finished: true));
        Assert.Equal(made + 1, (await IndexesAsync("characters")).Count);
    }

    [Fact]
    public async Task Takes_old_documents_that_the_collections_validator_refuses()
    {
        await InsertAsync("users", Numbered(0, 50));
        await RunAsync("""{"collMod":"users","validator":{"$jsonSchema":{"required":["email"]}},"validationLevel":"strict","validationAction":"error"}""");

        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);

        Assert.Empty(await DifferencesAsync(loaded));
        var refused = await Assert.ThrowsAnyAsync<MongoException>(() =>
            Target.GetCollection<BsonDocument>("users").InsertOneAsync(new BsonDocument("name", "no mail"), cancellationToken: CancellationToken));
        Assert.Contains("validation", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Interleaves_thirty_collections_with_nine_times_as_many_batches_as_may_gather()
    {
        var namespaces = Enumerable.Range(0, 30).Select(i => new ArchiveNamespace { Database = "any", Collection = $"c{i}" }).ToList();
        using var archive = new MemoryStream();
        await using (var writer = await ArchiveWriter.CreateAsync(archive, new ArchiveHeader(30, "7.0.0", "test"), namespaces, leaveOpen: true, CancellationToken))
        {
            var open = namespaces.ConvertAll(one => writer.BeginNamespace(one.Database, one.Collection));
            for (var round = 0; round < 10; round++)
                foreach (var one in open)
                    await one.WriteAsync(new BsonDocument { { "_id", round }, { "text", new string('x', 300_000) } }.ToBson(), CancellationToken);
            foreach (var one in open)
                await one.CompleteAsync(CancellationToken);
            await writer.CompleteAsync(CancellationToken);
        }

        var loaded = await LoadAsync(archive.ToArray());

        Assert.Empty(await DifferencesAsync(loaded));
        Assert.All(loaded.Collections, one => Assert.Equal(10, one.Totals.Documents));
    }

    [Fact]
    public async Task Copies_views_on_views_and_lets_them_look_at_the_new_names()
    {
        await InsertAsync("characters", Numbered(0, 20, i => new BsonDocument("level", i)));
        await RunAsync("""{"create":"zz_heroes","viewOn":"characters","pipeline":[{"$match":{"level":{"$gte":10}}}]}""");
        await RunAsync("""{"create":"aa_legends","viewOn":"zz_heroes","pipeline":[{"$match":{"level":{"$gte":15}}},{"$lookup":{"from":"characters","localField":"_id","foreignField":"_id","as":"self"}}]}""");

        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive, one => "__restore_1." + one.Collection, mapViews: true);

        Assert.Empty(await DifferencesAsync(loaded, map: name => "__restore_1." + name));
        var legends = await DocumentsAsync(Target, "__restore_1.aa_legends");
        Assert.Equal([15, 16, 17, 18, 19], legends.Select(one => one["_id"].AsInt32));
        Assert.All(legends, one => Assert.Single(one["self"].AsBsonArray));
    }

    [Fact]
    public async Task Leaves_out_what_has_no_name_in_the_target()
    {
        await InsertAsync("users", Numbered(0, 3));
        await InsertAsync("sessions", Numbered(0, 4));

        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive, one => one.Collection == "users" ? "people" : null);

        Assert.Equal(["people"], loaded.Collections.Select(one => one.Name));
        Assert.Equal(["people"], await (await Target.ListCollectionNamesAsync(cancellationToken: CancellationToken)).ToListAsync(CancellationToken));
    }

    [Fact]
    public async Task Expires_nothing_before_it_is_finished()
    {
        await InsertAsync("sessions", Numbered(0, 100, i => new BsonDocument("expires", new BsonDateTime(1_000_000L * i))));
        await RunAsync("""{"createIndexes":"sessions","indexes":[{"key":{"expires":1},"name":"expires_1","expireAfterSeconds":2000000000},{"key":{"other":1},"name":"other_1"}]}""");

        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);

        Assert.DoesNotContain(await IndexesAsync("sessions"), index => index.Contains("expireAfterSeconds"));
        Assert.Equal("expires_1", Assert.Single(loaded.Expiries).Index?["name"]);
        Assert.Empty(await DifferencesAsync(loaded));
        Assert.Equal(["sessions has the index expires_1"], (await DifferencesAsync(loaded, finished: true)).Select(one => one[..32]));
        await loaded.FinishAsync(CancellationToken);
        await loaded.FinishAsync(CancellationToken);
        Assert.Empty(await DifferencesAsync(loaded, finished: true));
    }

    private async Task<IReadOnlyList<BsonDocument>> IndexesAsync(string collection) =>
        await (await Target.GetCollection<BsonDocument>(collection).Indexes.ListAsync(CancellationToken)).ToListAsync(CancellationToken);

    /// <summary>False where the server does not have what the command asks for.</summary>
    private async Task<bool> TryAsync(string command)
    {
        try
        {
            await RunAsync(command);
            return true;
        }
        catch (MongoCommandException)
        {
            return false;
        }
    }

    private static string[] EveryIndex() =>
    [
        """{"key":{"level":1,"name":-1},"name":"compound"}""",
        """{"key":{"name":1},"name":"unique","unique":true}""",
        """{"key":{"nick":1},"name":"sparse","sparse":true,"unique":true}""",
        """{"key":{"level":-1},"name":"partial","partialFilterExpression":{"level":{"$gt":5}}}""",
        """{"key":{"seen":1},"name":"ttl","expireAfterSeconds":3600}""",
        """{"key":{"name":"text","level":1},"name":"text","weights":{"name":3},"default_language":"german"}""",
        """{"key":{"tags":1},"name":"multikey"}""",
        """{"key":{"level":"hashed"},"name":"hashed"}""",
        """{"key":{"_id":"hashed"},"name":"hashed_id"}""",
        """{"key":{"where":"2dsphere"},"name":"sphere"}""",
        """{"key":{"at":"2d"},"name":"flat","min":-180,"max":180}""",
        """{"key":{"$**":1},"name":"wild"}""",
        """{"key":{"$**":1},"name":"projected","wildcardProjection":{"tags":0}}""",
        """{"key":{"hidden":1},"name":"hidden","hidden":true}""",
        """{"key":{"ref":1},"name":"collated","collation":{"locale":"de","strength":2}}""",
    ];

    private static IEnumerable<BsonDocument> Extremes()
    {
        BsonValue[] values =
        [
            double.NaN, double.PositiveInfinity, -0.0, double.Epsilon, BsonDecimal128.Create(Decimal128.Parse("NaN")), Decimal128.Parse("9.999999999999999999999999999999999E+6144"),
            Decimal128.Parse("1.20"), int.MinValue, long.MaxValue, long.MinValue, BsonMinKey.Value, BsonMaxKey.Value, BsonNull.Value, BsonUndefined.Value,
            new BsonDateTime(-62_135_596_800_000), new BsonDateTime(-1), new BsonDateTime(253_402_300_799_999), new BsonTimestamp(1, 1), new BsonTimestamp(-1L),
            "", "née 🐉 \0 end", new BsonJavaScript("x = 1"), new BsonJavaScriptWithScope("y", new BsonDocument("a", 1)), new BsonRegularExpression("^a", "im"), BsonSymbol.Create("old"),
            new BsonBinaryData(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), GuidRepresentation.Standard), new BsonBinaryData([1, 2], BsonBinarySubType.UserDefined), new BsonBinaryData([], BsonBinarySubType.MD5),
            ObjectId.Empty, true, false, new BsonArray { 1, "a", new BsonArray(), new BsonDocument() }, new BsonDocument { { "", 1 }, { "a.b", 2 }, { "$c", 3 } },
        ];
        return values.Select((value, i) => new BsonDocument { { "_id", i }, { "value", value } });
    }
}
