using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Running;

public sealed class LeasesTests(MongoFixture mongo) : EngineTest(mongo)
{
    private Leases Leases => Engine.Leases;

    [Fact]
    public async Task Gives_the_lease_to_one_run_and_tells_the_others_who_has_it()
    {
        var first = await Leases.TakeAsync(RunOf("first"), Token);
        var second = await Leases.TakeAsync(RunOf("second"), Token);

        Assert.Equal(1, first.Lease?.Token);
        Assert.Null(second.Lease);
        Assert.Equal(("first", "Title of first", "Tess"), (second.Holder.RunId, second.Holder.Title, second.Holder.Holder));
        Assert.Equal("first", (await Leases.HolderAsync("staging", Token))?.RunId);
    }

    [Fact]
    public async Task Raises_the_token_each_time_it_is_given_also_to_the_same_run()
    {
        var tokens = new List<long?>();
        foreach (var name in new[] { "first", "first", "second", "third" })
        {
            tokens.Add((await Leases.TakeAsync(RunOf(name), Token)).Lease?.Token);
            if (name != "first")
                await Leases.ReleaseAsync("staging", name, Token);
            else if (tokens.Count == 2)
                await Leases.ReleaseAsync("staging", "first", Token);
        }

        Assert.Equal([1, 2, 3, 4], tokens);
    }

    [Fact]
    public async Task Gives_a_lapsed_lease_to_another_run_and_refuses_the_old_holders_renewal()
    {
        var old = await Leases.TakeAsync(RunOf("old"), Token);
        Assert.True(await Leases.RenewAsync("staging", old.Lease!.Token, Token));
        await LapseAsync();

        Assert.Null(await Leases.HolderAsync("staging", Token));
        var taken = await Leases.TakeAsync(RunOf("new"), Token);

        Assert.Equal(2, taken.Lease?.Token);
        Assert.False(await Leases.RenewAsync("staging", old.Lease.Token, Token));
        Assert.True(await Leases.RenewAsync("staging", 2, Token));
    }

    /// <summary>As that of a heartbeat which was broken off when its run ended, and is carried out all the same.</summary>
    [Fact]
    public async Task A_renewal_that_comes_after_it_was_given_back_renews_nothing()
    {
        var taken = await Leases.TakeAsync(RunOf("first"), Token);
        await Leases.ReleaseAsync("staging", "first", Token);

        Assert.False(await Leases.RenewAsync("staging", taken.Lease!.Token, Token));
        Assert.Null(await Leases.HolderAsync("staging", Token));
        Assert.Equal("second", (await Leases.TakeAsync(RunOf("second"), Token)).Lease?.RunId);
    }

    [Fact]
    public async Task Lets_nobody_but_the_holder_release_it()
    {
        await Leases.TakeAsync(RunOf("holder"), Token);

        await Leases.ReleaseAsync("staging", "somebody", Token);

        Assert.Equal("holder", (await Leases.HolderAsync("staging", Token))?.RunId);
    }

    [Fact]
    public async Task Takes_a_title_that_looks_like_an_expression_as_text()
    {
        await Leases.TakeAsync(RunOf("first") with { Title = "$$NOW", Actor = "$runId" }, Token);

        var holder = await Leases.HolderAsync("staging", Token);
        Assert.Equal(("$$NOW", "$runId"), (holder?.Title, holder?.Holder));
    }

    [Fact]
    public async Task Expires_by_the_databases_clock()
    {
        await Leases.TakeAsync(RunOf("first"), Token);

        var now = (await Engine.Database.Database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: Token))["localTime"].ToUniversalTime();
        var holder = await Leases.HolderAsync("staging", Token);
        Assert.InRange(holder!.ExpiresAt.UtcDateTime, now, now + Engine.Options.LeaseDuration);
        Assert.InRange(holder.TakenAt!.Value.UtcDateTime, now - TimeSpan.FromMinutes(1), now);
    }

    [Fact]
    public async Task Gives_it_to_one_of_many_that_ask_at_once()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Leases.TakeAsync(RunOf($"run{number}"), Token)));

        var winner = Assert.Single(taken, each => each.Lease is not null);
        Assert.All(taken, each => Assert.Equal(winner.Lease!.RunId, each.Holder.RunId));
    }

    private static Run RunOf(string id) => new()
    {
        Id = id,
        Operation = "ledger-operation",
        Title = $"Title of {id}",
        Environment = "staging",
        State = RunState.Queued,
        Reason = string.Empty,
        Actor = "Tess",
        Door = Door.Api,
        Request = "{}",
        TakesLease = true,
        QueuedAt = DateTimeOffset.UnixEpoch,
    };

    private Task<UpdateResult> LapseAsync() => Engine.Database.Database.GetCollection<Lease>("leases")
        .UpdateOneAsync(lease => lease.Id == "staging", Builders<Lease>.Update.Set(lease => lease.ExpiresAt, DateTimeOffset.UnixEpoch), cancellationToken: Token);
}
