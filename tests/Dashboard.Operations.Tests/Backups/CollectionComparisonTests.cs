using Dashboard.Operations.Backups;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups;

public sealed class CollectionComparisonTests(MongoFixture mongo) : CopyGround(mongo)
{
    [Fact]
    public async Task Finds_a_changed_document_a_missing_one_and_a_missing_collection()
    {
        foreach (var name in (string[])["changed", "fewer", "gone", "same"])
            await InsertAsync(name, Numbered(0, 1000));
        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);
        await Target.GetCollection<BsonDocument>("changed").UpdateOneAsync(new BsonDocument("_id", 7), new BsonDocument("$set", new BsonDocument("name", "x")), cancellationToken: CancellationToken);
        await Target.GetCollection<BsonDocument>("fewer").DeleteOneAsync(new BsonDocument("_id", 7), CancellationToken);
        await Target.DropCollectionAsync("gone", CancellationToken);

        var differences = await DifferencesAsync(loaded);

        Assert.Equal(3, differences.Count);
        Assert.StartsWith("changed has 1,000 documents as expected, but not the same ones", differences[0], StringComparison.Ordinal);
        Assert.Equal("fewer has 999 documents instead of 1,000.", differences[1]);
        Assert.Equal("gone is missing.", differences[2]);
    }

    [Fact]
    public async Task Finds_indexes_that_are_missing_different_or_too_many()
    {
        await InsertAsync("users", Numbered(0, 10));
        await RunAsync("""{"createIndexes":"users","indexes":[{"key":{"a":1},"name":"a_1"},{"key":{"b":1},"name":"b_1"},{"key":{"c":1},"name":"c_1","sparse":true}]}""");
        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);
        var indexes = Target.GetCollection<BsonDocument>("users").Indexes;
        await indexes.DropOneAsync("a_1", CancellationToken);
        await indexes.DropOneAsync("c_1", CancellationToken);
        await indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("c", 1), new CreateIndexOptions { Name = "c_1" }), cancellationToken: CancellationToken);
        await indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("d", 1), new CreateIndexOptions { Name = "d_1" }), cancellationToken: CancellationToken);

        var differences = await DifferencesAsync(loaded);

        Assert.Equal(3, differences.Count);
        Assert.Contains("users lacks the index a_1.", differences);
        Assert.Contains(differences, one => one.StartsWith("users has the index c_1 as ", StringComparison.Ordinal) && one.Contains("\"sparse\"", StringComparison.Ordinal));
        Assert.Contains("users has the index d_1, which it should not have.", differences);
    }

    [Fact]
    public async Task Finds_another_option_and_another_kind()
    {
        await InsertAsync("users", Numbered(0, 1));
        await RunAsync("""{"collMod":"users","validator":{"a":1}}""");
        await RunAsync("""{"create":"heroes","viewOn":"users","pipeline":[]}""");
        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);
        await Target.RunCommandAsync<BsonDocument>(BsonDocument.Parse("""{"collMod":"users","validator":{"a":2}}"""), cancellationToken: CancellationToken);
        await Target.DropCollectionAsync("heroes", CancellationToken);
        await Target.CreateCollectionAsync("heroes", cancellationToken: CancellationToken);

        var differences = await DifferencesAsync(loaded);

        Assert.Contains("users has the option validator { \"a\" : 2.0 } instead of { \"a\" : 1.0 }.", differences);
        Assert.Contains("heroes is a collection instead of a view.", differences);
    }

    [Fact]
    public async Task Is_ended_by_a_cancel()
    {
        await InsertAsync("users", Numbered(0, 10));
        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            CollectionComparison.CompareAsync(Target, [.. loaded.Collections.Select(one => ExpectedCollection.Of(one))], CopyReports.None, cancel.Token));
    }
}
