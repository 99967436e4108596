using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Migrations;

/// <summary>A command that would take minutes: ended in the server by the limit and by a cancel, so that nothing of it goes on there.</summary>
public sealed class MigrationLimitTests(MongoFixture mongo)
{
    private const string Endless = """
        {"aggregate": "characters", "cursor": {}, "pipeline": [
          {"$lookup": {"from": "characters", "localField": "team", "foreignField": "team", "as": "one"}}, {"$unwind": "$one"},
          {"$lookup": {"from": "characters", "localField": "team", "foreignField": "team", "as": "two"}}, {"$unwind": "$two"},
          {"$group": {"_id": "$two.name", "count": {"$sum": 1}}}, {"$out": "crossed"}]}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_time_limit_ends_a_command_in_the_server_and_fails_the_migration()
    {
        await using var ground = await MakeAsync(TimeSpan.FromSeconds(3));

        var run = await ground.UpAsync();

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("time", run.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("001:Failed 002:Pending", await ground.ShortAsync());
        await AssertNothingGoesOnAsync(ground);
    }

    [Fact]
    public async Task A_cancel_ends_a_command_in_the_server_too()
    {
        // A server that does not tell what it runs (DocumentDB) ends it by the limit, so the limit must not be far.
        await using var ground = await MakeAsync(TimeSpan.FromSeconds(8));
        var runId = await ground.Engine.ConfirmAsync("run-migrations");
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await Eventually.TrueAsync(
            async () => await ground.Records.Find(new BsonDocument { ["version"] = "001", ["state"] = "running" }).AnyAsync(Token), "the migration is under way");

        await ground.Engine.Runs.CancelAsync(runId, "Tess", Token);
        var run = await running;

        Assert.False(run?.IsActive);
        Assert.NotEqual(RunState.Succeeded, run?.State);
        Assert.DoesNotContain("Running", await ground.ShortAsync(), StringComparison.Ordinal);
        await AssertNothingGoesOnAsync(ground);
    }

    private async Task<MigrationGround> MakeAsync(TimeSpan limit)
    {
        var ground = await MigrationGround.MakeAsync(mongo, rules => rules with { Timeout = limit });
        await ground.Database.GetCollection<BsonDocument>("characters").InsertManyAsync(
            Enumerable.Range(100, 1_000).Select(number => new BsonDocument { ["_id"] = number, ["name"] = $"character {number}", ["team"] = 1 }), cancellationToken: Token);
        ground.Write("001_cross_everything", [Endless]);
        ground.Write("002_later", [MigrationGround.Index], [MigrationGround.DropIndex]);
        return ground;
    }

    /// <summary>What went on would make its collection in the end; on a server that tells what it runs it can be seen at once.</summary>
    private static async Task AssertNothingGoesOnAsync(MigrationGround ground)
    {
        Assert.DoesNotContain("crossed", await (await ground.Database.ListCollectionNamesAsync(cancellationToken: Token)).ToListAsync(Token));
        PipelineDefinition<NoPipelineInput, BsonDocument> marked = new[] { new BsonDocument("$currentOp", new BsonDocument()), new BsonDocument("$match", new BsonDocument("command.comment", new BsonDocument("$regex", "^migration/"))) };
        try
        {
            await Eventually.TrueAsync(
                async () => !await (await ground.Engine.Client.GetDatabase("admin").AggregateAsync(marked, cancellationToken: Token)).AnyAsync(Token), "nothing of it runs in the server");
        }
        catch (MongoCommandException refused) when (refused.CodeName is "CommandNotFound" or "NotSupported" or "CommandNotSupported")
        {
            Assert.False(MongoFixture.Current.IsGenuine);
        }
    }
}
