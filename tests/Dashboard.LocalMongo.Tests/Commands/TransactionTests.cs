using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

public sealed class TransactionTests(MongoFixture mongo)
{
    [Fact]
    public async Task Commit_shows_everything_at_once_and_abort_nothing()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;
        var a = database.Documents("a");
        var b = database.Documents("b");
        using var session = await mongo.Client.StartSessionAsync(cancellationToken: token);

        session.StartTransaction();
        await a.InsertOneAsync(session, new BsonDocument("_id", 1), cancellationToken: token);
        await b.InsertOneAsync(session, new BsonDocument("_id", 1), cancellationToken: token);
        var inside = await a.Find(session, "{ _id: 1 }").ToListAsync(token);
        var outside = await a.Find("{ _id: 1 }").ToListAsync(token);
        await session.CommitTransactionAsync(token);

        session.StartTransaction();
        await a.DeleteOneAsync(session, "{ _id: 1 }", cancellationToken: token);
        await session.AbortTransactionAsync(token);

        Assert.Single(inside);
        Assert.Empty(outside);
        Assert.Equal((2L, 2L), (await a.CountDocumentsAsync("{}", cancellationToken: token), await b.CountDocumentsAsync("{}", cancellationToken: token)));
    }

    [Fact]
    public async Task Reads_come_from_one_snapshot()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;
        var a = database.Documents("a");
        using var session = await mongo.Client.StartSessionAsync(cancellationToken: token);

        session.StartTransaction(new TransactionOptions(ReadConcern.Snapshot, writeConcern: WriteConcern.WMajority));
        var before = await a.Find(session, "{}").ToListAsync(token);
        await a.InsertOneAsync(new BsonDocument("_id", 5), cancellationToken: token);
        var after = await a.Find(session, "{}").ToListAsync(token);
        await session.CommitTransactionAsync(token);

        Assert.Equal(before, after);
        Assert.Equal(2, await a.CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task A_write_conflict_is_transient()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;
        var a = database.Documents("a");
        using var first = await mongo.Client.StartSessionAsync(cancellationToken: token);
        using var second = await mongo.Client.StartSessionAsync(cancellationToken: token);
        first.StartTransaction();
        second.StartTransaction();
        await a.Find(second, "{}").ToListAsync(token);

        await a.UpdateOneAsync(first, "{ _id: 0 }", "{ $set: { by: 1 } }", cancellationToken: token);
        await first.CommitTransactionAsync(token);
        var error = await Assert.ThrowsAnyAsync<MongoException>(() => a.UpdateOneAsync(second, "{ _id: 0 }", "{ $set: { by: 2 } }", cancellationToken: token));
        var lost = await Assert.ThrowsAnyAsync<MongoException>(() => second.CommitTransactionAsync(token));

        Assert.True(error.HasErrorLabel("TransientTransactionError"));
        Assert.Equal(112, Assert.IsType<MongoCommandException>(error).Code);
        Assert.Equal(251, Assert.IsType<MongoCommandException>(lost).Code);
        Assert.Equal(1, (await a.Find("{}").SingleAsync(token))["by"]);
    }

    [Fact]
    public async Task Retried_by_the_driver_all_increments_count()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;
        var a = database.Documents("a");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            using var session = await mongo.Client.StartSessionAsync(cancellationToken: token);
            await session.WithTransactionAsync(async (s, ct) =>
            {
                var read = await a.Find(s, "{ _id: 0 }").SingleAsync(ct);
                await a.UpdateOneAsync(s, "{ _id: 0 }", new BsonDocument("$set", new BsonDocument("n", read["n"].AsInt32 + 1)), cancellationToken: ct);
                return true;
            }, cancellationToken: token);
        }, token)));

        Assert.Equal(8, (await a.Find("{}").SingleAsync(token))["n"]);
    }

    [Fact]
    public async Task An_error_ends_it()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;
        var a = database.Documents("a");
        using var session = await mongo.Client.StartSessionAsync(cancellationToken: token);
        session.StartTransaction();
        await a.InsertOneAsync(session, new BsonDocument("_id", 7), cancellationToken: token);

        await Assert.ThrowsAnyAsync<MongoException>(() => a.InsertOneAsync(session, new BsonDocument("_id", 0), cancellationToken: token));
        var commit = await Record.ExceptionAsync(() => session.CommitTransactionAsync(token));

        Assert.Equal(251, Assert.IsType<MongoCommandException>(commit).Code);
        Assert.Equal(1, await a.CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task A_repeated_commit_answers_as_the_first_did()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;
        using var session = await mongo.Client.StartSessionAsync(cancellationToken: token);
        session.StartTransaction();
        await database.Documents("a").InsertOneAsync(session, new BsonDocument("_id", 1), cancellationToken: token);

        await session.CommitTransactionAsync(token);
        await session.CommitTransactionAsync(token);

        Assert.Equal(2, await database.Documents("a").CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task Long_cursors_go_on_inside()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;
        await database.Documents("b").InsertManyAsync(
            Enumerable.Range(1, 2000).Select(i => new BsonDocument { { "_id", i }, { "text", new string('x', 1000) } }), cancellationToken: token);
        using var session = await mongo.Client.StartSessionAsync(cancellationToken: token);

        session.StartTransaction();
        var read = await database.Documents("b").Find(session, "{}", new FindOptions { BatchSize = 200 }).ToListAsync(token);
        await session.CommitTransactionAsync(token);

        Assert.Equal(2001, read.Select(d => d["_id"]).Distinct().Count());
    }

    [Fact]
    public async Task Commands_that_have_no_place_in_it_are_refused()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;
        using var session = await mongo.Client.StartSessionAsync(cancellationToken: token);
        session.StartTransaction();

        var error = await Assert.ThrowsAsync<MongoCommandException>(
            () => database.Database.RunCommandAsync<BsonDocument>(session, "{ count: 'a' }", cancellationToken: token));

        Assert.Equal((263, "OperationNotSupportedInTransaction"), (error.Code, error.CodeName));
    }

    /// <summary>Collections a and b, each with the document { _id: 0, n: 0 }.</summary>
    private async Task<TestDatabase> NewAsync()
    {
        var database = mongo.NewDatabase("transaction");
        foreach (var name in (string[])["a", "b"])
            await database.Documents(name).InsertOneAsync(new BsonDocument { { "_id", 0 }, { "n", 0 } }, cancellationToken: TestContext.Current.CancellationToken);
        return database;
    }
}
