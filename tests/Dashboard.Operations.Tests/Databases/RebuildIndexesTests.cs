using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Databases;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Databases;

public sealed class RebuildIndexesTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Builds_every_index_anew_and_each_is_what_it_was()
    {
        await using var ground = await MakeAsync();
        var before = await IndexesAsync(ground, "staging");

        var run = await ground.Engine.RunConfirmedAsync("rebuild-indexes");

        Assert.Equal((RunState.Succeeded, $"4 indexes of '{ground.Settings.TargetOf("staging")}' are rebuilt, and each definition is what it was."), (run.State, run.Message));
        Assert.Equal(before, await IndexesAsync(ground, "staging"));
        Assert.True((await ground.Engine.Get<IndexRebuilder>().FindAsync(run.Id, Token))?.IsDone);
    }

    [Fact]
    public async Task Tells_in_the_plan_what_is_absent_meanwhile_and_how_often_each_is_used()
    {
        await using var ground = await MakeAsync();

        var plan = (await ground.Engine.Intake.PreviewAsync(TestEngine.Call("rebuild-indexes"), Token)).Plan;

        Assert.NotNull(plan);
        Assert.Equal(ground.Settings.TargetOf("staging"), plan.Target);
        Assert.Contains(plan.Steps, step => step.What.StartsWith("users.email_1 ", StringComparison.Ordinal) && step.What.EndsWith(", unique: build a stand-in, drop, build, drop the stand-in", StringComparison.Ordinal));
        Assert.Contains(plan.Steps, step => step.What.StartsWith("users.place_2dsphere ", StringComparison.Ordinal) && step.What.EndsWith(": drop and build", StringComparison.Ordinal));
        Assert.Contains(plan.Checks, check => check is { Name: "Expiry: sessions.at_1", Verdict: PlanVerdict.Warning });
        Assert.DoesNotContain(plan.Steps, step => step.What.Contains("_id_", StringComparison.Ordinal));
        Assert.All(plan.Steps.SkipLast(1), step => Assert.Matches("^(used [0-9,]+ times since the server started|the server does not tell how often it is used)$", step.Detail));
    }

    [Fact]
    public async Task Takes_only_what_is_named_and_refuses_what_is_not_there()
    {
        await using var ground = await MakeAsync();

        var run = await ground.Engine.RunConfirmedAsync("rebuild-indexes", request: new JsonObject { ["collections"] = "users, sessions", ["indexes"] = "email_1" });
        var refused = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("rebuild-indexes", request: new JsonObject { ["collections"] = "moons", ["indexes"] = "nick_1" }) with { Confirm = "x" }, Token);

        Assert.Equal("1", run.Facts["indexes"]);
        Assert.Equal($"Names: There is no collection 'moons' with indexes, index 'nick_1' in '{ground.Settings.TargetOf("staging")}'.", Assert.IsType<IntakeResult.Blocked>(refused).Sentence);
    }

    [Fact]
    public async Task Never_lets_a_duplicate_in_between_a_unique_index_and_its_return()
    {
        await using var ground = await MakeAsync();
        var users = DatabaseOf(ground, "staging").GetCollection<BsonDocument>("users");
        using var hook = FailpointHook.Install();
        var refusals = 0;
        foreach (var point in new[] { Failpoints.IndexDropped, Failpoints.IndexMade })
        {
            hook.On(point, 1, int.MaxValue, async _ =>
            {
                var duplicate = new BsonDocument { ["_id"] = ObjectId.GenerateNewId(), ["email"] = "1@example.org" };
                var exception = await Record.ExceptionAsync(() => users.InsertOneAsync(duplicate, cancellationToken: Token));
                Assert.Equal(ServerErrorCategory.DuplicateKey, Assert.IsType<MongoWriteException>(exception).WriteError.Category);
                refusals++;
            });
        }

        var run = await ground.Engine.RunConfirmedAsync("rebuild-indexes", request: new JsonObject { ["indexes"] = "email_1" });

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(4, refusals);
    }

    [Fact]
    public async Task Obeys_a_cancel_when_the_index_at_work_is_whole()
    {
        await using var ground = await MakeAsync();
        var before = await IndexesAsync(ground, "staging");
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.IndexDropped);
        var runId = await ground.Engine.ConfirmAsync("rebuild-indexes");
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();
        await ground.Engine.Runs.CancelAsync(runId, "Ann", Token);
        await Eventually.TrueAsync(
            async () => (await ground.Engine.History.LinesAsync(runId, 0, Token)).Any(line => line.Text == "The cancel is obeyed when this step has ended."), "the cancel is seen");
        pause.Release();

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.Equal(before, await IndexesAsync(ground, "staging"));
    }

    [Fact]
    public async Task Runs_once_however_often_it_is_delivered()
    {
        await using var ground = await MakeAsync();
        using var hook = FailpointHook.Install();
        var runId = await ground.Engine.ConfirmAsync("rebuild-indexes", request: new JsonObject { ["indexes"] = "email_1" });

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ground.Engine.Runner.RunAsync(runId, Token)));
        await Invariants.RunEndsAsync(ground.Engine, runId, Token);

        Assert.Equal(1, hook.CountOf(Failpoints.BodyBegins));
        Assert.Equal(2, hook.CountOf(Failpoints.IndexDropped));
    }

    [Fact]
    public async Task Says_what_is_missing_when_the_server_refuses_to_build_it_again_and_builds_it_later()
    {
        await using var ground = await MakeAsync();
        var before = await IndexesAsync(ground, "staging");
        var users = DatabaseOf(ground, "staging").GetCollection<BsonDocument>("users");
        var runId = await ground.Engine.ConfirmAsync("rebuild-indexes", request: new JsonObject { ["indexes"] = "email_1" });
        await using (var worker = await WorkerProcess.StartAsync(ground.Settings with { LeaseDuration = TimeSpan.FromSeconds(3) }, "index.dropped=kill@1", "run", runId))
            Assert.Equal(137, await worker.ExitAsync());

        // Somebody drops the stand-in by hand and lets a duplicate in.
        var record = Assert.IsType<IndexRebuild>(await ground.Engine.Get<IndexRebuilder>().FindAsync(runId, Token));
        await users.Indexes.DropOneAsync(record.Indexes.Single().StandIn, Token);
        await users.InsertOneAsync(new BsonDocument { ["_id"] = 99, ["email"] = "1@example.org" }, cancellationToken: Token);
        var recovered = await RecoveredAsync(ground, runId);
        Assert.StartsWith("users.email_1 is MISSING and cannot be built: ", recovered.Cleared, StringComparison.Ordinal);

        await users.DeleteOneAsync(new BsonDocument("_id", 99), Token);
        var again = await ground.Engine.RunConfirmedAsync("rebuild-indexes", request: new JsonObject { ["collections"] = "sessions" });

        Assert.Equal((RunState.Succeeded, again.Message), (again.State, again.Message));
        Assert.Equal(before, await IndexesAsync(ground, "staging"));
    }

    [Fact]
    public async Task A_run_that_failed_and_left_its_stand_in_is_no_obstacle_to_the_next_one()
    {
        await using var ground = await MakeAsync();
        var before = await IndexesAsync(ground, "staging");
        var users = DatabaseOf(ground, "staging").GetCollection<BsonDocument>("users");
        var failed = await FailOnceAsync(ground, users);
        Assert.Contains("users.by name could not be rebuilt: ", failed.Message, StringComparison.Ordinal);
        Assert.Contains("It is MISSING now.", failed.Message, StringComparison.Ordinal);

        var plan = (await ground.Engine.Intake.PreviewAsync(TestEngine.Call("rebuild-indexes"), Token)).Plan;
        var named = (await ground.Engine.Intake.PreviewAsync(TestEngine.Call("rebuild-indexes", request: new JsonObject { ["indexes"] = "by name" }), Token)).Plan;
        var again = await ground.Engine.RunConfirmedAsync("rebuild-indexes");

        Assert.DoesNotContain(plan?.Steps ?? [], step => step.What.Contains("__rebuild_", StringComparison.Ordinal));
        Assert.Empty(named?.Blocks ?? []);
        Assert.Equal((RunState.Succeeded, $"4 indexes of '{ground.Settings.TargetOf("staging")}' are rebuilt, and each definition is what it was."), (again.State, again.Message));
        Assert.Equal(before, await IndexesAsync(ground, "staging"));
    }

    [Fact]
    public async Task A_record_that_took_a_stand_in_for_an_index_is_finished_without_building_it()
    {
        await using var ground = await MakeAsync();
        var before = await IndexesAsync(ground, "staging");
        var users = DatabaseOf(ground, "staging").GetCollection<BsonDocument>("users");
        var failed = await FailOnceAsync(ground, users);
        var first = Assert.IsType<IndexRebuild>(await ground.Engine.Get<IndexRebuilder>().FindAsync(failed.Id, Token)).Indexes.Single();

        // As versions before this one left it: the first stand-in dropped as if it were an index, its own stand-in in its place.
        await users.Indexes.DropOneAsync(first.StandIn, Token);
        var wrong = new BsonDocument { ["key"] = new BsonDocument { ["name"] = 1, ["age"] = -1, ["__rebuild"] = 1 }, ["name"] = first.StandIn };
        await users.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(wrong["key"].AsBsonDocument, new CreateIndexOptions { Name = "__rebuild_later_0" }), cancellationToken: Token);
        await ground.Engine.Get<IndexRebuilder>().InsertAsync(
            new IndexRebuild
            {
                Id = "later",
                Environment = "staging",
                Database = ground.Settings.TargetOf("staging"),
                Indexes = [new RebuiltIndex("users", first.StandIn ?? string.Empty, RebuiltIndex.TextOf(wrong), "__rebuild_later_0")],
                BegunAt = TimeProvider.System.GetUtcNow(),
            },
            Token);
        var again = await ground.Engine.RunConfirmedAsync("rebuild-indexes");

        Assert.Equal((RunState.Succeeded, again.Message), (again.State, again.Message));
        Assert.Equal(before, await IndexesAsync(ground, "staging"));
    }

    [Theory]
    [InlineData("kill", 10)]
    [InlineData("stop", 4)]
    public async Task Every_index_is_there_again_wherever_the_worker_is_ended(string how, int quick)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, settings => EngineGround.ManyEnvironments(settings) with { SeparateTargets = true });
        await FillAsync(ground, "e001");
        var reference = await ground.Engine.ConfirmAsync("rebuild-indexes", "e001");
        using var hook = FailpointHook.Install();
        Assert.Equal(RunState.Succeeded, (await ground.Engine.Runner.RunAsync(reference, Token))?.State);
        var own = hook.Hits.Where(hit => hit.Point is Failpoints.RebuildStores or Failpoints.RebuildStored or Failpoints.IndexDrops or Failpoints.IndexDropped
            or Failpoints.IndexMakes or Failpoints.IndexMade or Failpoints.StepBegun).ToList();
        if (how == "stop")
            own = [.. own.Where(hit => hit.Point is Failpoints.StepBegun or Failpoints.IndexDropped)];

        await FaultCase.EachAsync(
            FaultCounts.Some(own, quick).Select((hit, index) => (Hit: hit, Environment: ground.Settings.Environments[index + 2])),
            each => $"{how} at {each.Hit}",
            each => EndAsync(ground, each.Environment, each.Hit, how),
            Token);
    }

    /// <summary>Somebody builds an index of the same keys between the drop and the return, and takes it away after the run has failed.</summary>
    private static async Task<Run> FailOnceAsync(EngineGround ground, IMongoCollection<BsonDocument> users)
    {
        using var hook = FailpointHook.Install();
        hook.On(Failpoints.IndexDropped, 1, 1, _ => users.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument { ["name"] = 1, ["age"] = -1 }, new CreateIndexOptions { Name = "by hand" }), cancellationToken: Token));
        var failed = await ground.Engine.RunConfirmedAsync("rebuild-indexes", request: new JsonObject { ["indexes"] = "by name" });
        Assert.Equal(RunState.Failed, failed.State);
        await users.Indexes.DropOneAsync("by hand", Token);
        return failed;
    }

    private static async Task EndAsync(EngineGround ground, string environment, FailpointHit hit, string how)
    {
        await FillAsync(ground, environment);
        var before = await IndexesAsync(ground, environment);
        var runId = await ground.Engine.ConfirmAsync("rebuild-indexes", environment);
        var plan = string.Create(CultureInfo.InvariantCulture, $"{hit.Point}={how}@{hit.Nth}");
        await using var worker = await WorkerProcess.StartAsync(ground.Settings with { LeaseDuration = TimeSpan.FromSeconds(6) }, plan, "run", runId);
        if (how == "stop")
        {
            await worker.StoppedAsync();
            worker.Shutdown();
            worker.Resume();
            Assert.True(await worker.ExitAsync(TimeSpan.FromSeconds(30)) == 0, worker.Output);
        }
        else
        {
            Assert.True(await worker.ExitAsync() == 137, worker.Output);
        }

        await RecoveredAsync(ground, runId);
        Assert.Equal(before, await IndexesAsync(ground, environment));
        var again = await ground.Engine.RunConfirmedAsync("rebuild-indexes", environment);
        Assert.Equal((RunState.Succeeded, again.Message), (again.State, again.Message));
    }

    private static async Task<Run> RecoveredAsync(EngineGround ground, string runId)
    {
        await Invariants.RunEndsAsync(ground.Engine, runId, Token);
        return await Eventually.FoundAsync(
            async () =>
            {
                await ground.Engine.Watch.SweepAsync(Token);
                return await ground.Engine.FindAsync(runId) is { } run && (run.State != RunState.Interrupted || run.RecoveredAt is not null) ? run : null;
            },
            "what it left is seen to");
    }

    private async Task<EngineGround> MakeAsync()
    {
        var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { SeparateTargets = true });
        await FillAsync(ground, "staging");
        return ground;
    }

    private static IMongoDatabase DatabaseOf(EngineGround ground, string environment) => ground.Engine.Client.GetDatabase(ground.Settings.TargetOf(environment));

    private static async Task FillAsync(EngineGround ground, string environment)
    {
        var database = DatabaseOf(ground, environment);
        var users = database.GetCollection<BsonDocument>("users");
        await users.InsertManyAsync(Enumerable.Range(0, 20).Select(number => new BsonDocument { ["_id"] = number, ["email"] = $"{number}@example.org", ["name"] = "n", ["age"] = number }), cancellationToken: Token);
        await users.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<BsonDocument>(new BsonDocument("email", 1), new CreateIndexOptions { Unique = true, Name = "email_1" }),
                new CreateIndexModel<BsonDocument>(new BsonDocument { ["name"] = 1, ["age"] = -1 }, new CreateIndexOptions { Name = "by name" }),
                new CreateIndexModel<BsonDocument>(new BsonDocument("place", "2dsphere"), new CreateIndexOptions { Name = "place_2dsphere" }),
            ],
            Token);
        await database.GetCollection<BsonDocument>("sessions").Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument("at", 1), new CreateIndexOptions { ExpireAfter = TimeSpan.FromDays(1), Name = "at_1" }), cancellationToken: Token);
    }

    private static async Task<IReadOnlyList<string>> IndexesAsync(EngineGround ground, string environment)
    {
        var all = new List<string>();
        foreach (var collection in new[] { "users", "sessions" })
        {
            using var cursor = await DatabaseOf(ground, environment).GetCollection<BsonDocument>(collection).Indexes.ListAsync(Token);
            all.AddRange((await cursor.ToListAsync(Token)).Select(index => $"{collection} {Operations.Backups.IndexDefinition.Comparable(index, withExpiry: true).ToJson()}"));
        }

        return [.. all.Order(StringComparer.Ordinal)];
    }
}
