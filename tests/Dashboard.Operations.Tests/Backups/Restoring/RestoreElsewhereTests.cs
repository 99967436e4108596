using System.Text.Json.Nodes;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>A restore on another server than the configured one, on which a database of the same name is: whoever comes later leaves that alone.</summary>
public sealed class RestoreElsewhereTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Staging = "e001";
    private RestoreGround _ground = null!;
    private OwnMongo _other = null!;
    private TestEngine _there = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EngineSettings There => _ground.Ground.Settings with { TargetConnectionString = _other.ConnectionString, LeaseDuration = TimeSpan.FromSeconds(6) };

    private IMongoDatabase DatabaseThere => _there.Environments.Get(Staging).Database;

    public async ValueTask InitializeAsync()
    {
        _ground = await RestoreGround.MakeAsync(mongo, Token);
        _other = await OwnMongo.StartAsync(Token);
        _there = new TestEngine(There);
        await DatabaseThere.GetCollection<BsonDocument>("characters").InsertManyAsync(Enumerable.Range(0, 9).Select(number => new BsonDocument("_id", number)), cancellationToken: Token);
        await DatabaseThere.GetCollection<BsonDocument>("extra").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);
        await _ground.FillOldAsync(Staging, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _there.Dispose();
        await _other.DisposeAsync();
        await _ground.DisposeAsync();
    }

    [Fact]
    public async Task A_killed_restore_is_finished_on_its_own_server_and_the_configured_one_is_left_alone()
    {
        var here = await _ground.StateAsync(Staging, Token);
        var runId = await _there.ConfirmAsync("restore-backup", Staging, _ground.Request());
        await using (var worker = await WorkerProcess.StartAsync(There, "swap.renamed=kill@2", "run", runId))
            Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");
        var half = await DatabaseState.OfAsync(DatabaseThere, Token);

        var run = await Eventually.FoundAsync(
            async () =>
            {
                await _ground.Engine.Watch.SweepAsync(Token);
                return await _ground.Engine.FindAsync(runId) is { RecoveredAt: not null } seen ? seen : null;
            },
            "the watch has looked at the run");

        Assert.Equal(here, await _ground.StateAsync(Staging, Token));
        Assert.Equal(half, await DatabaseState.OfAsync(DatabaseThere, Token));
        Assert.Contains($"on the server {await RestoreServer.AskAsync(DatabaseThere.Client, Token)}, while {Staging} is on {await RestoreServer.AskAsync(_ground.Engine.Client, Token)} here, and nothing of it was touched", run.Cleared, StringComparison.Ordinal);
        // A database of that name is whole here, and may be backed up; there it may not.
        Assert.Equal(RunState.Succeeded, (await _ground.Engine.RunAsync("create-backup", Staging, stopping: Token)).State);
        Assert.Contains("stopped in the middle of its swap", (await _there.RunAsync("create-backup", Staging, stopping: Token)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await _ground.Engine.Get<BeforeSets>().ListAsync(Staging, Token), set => set.Name.Contains(runId, StringComparison.Ordinal));

        var again = await _there.RunConfirmedAsync("restore-backup", Staging, _ground.Request());
        Assert.Equal((RunState.Succeeded, "Finish what an earlier restore left"), (again.State, again.Steps[1].Title));
        Assert.Equal(_ground.New, await DatabaseState.OfAsync(DatabaseThere, Token));
        Assert.Equal(here, await _ground.StateAsync(Staging, Token));
    }

    [Fact]
    public async Task An_undo_is_refused_on_another_server_than_the_restore_changed_and_says_how_it_is_done()
    {
        var before = await DatabaseState.OfAsync(DatabaseThere, Token);
        var restored = await _there.RunConfirmedAsync("restore-backup", Staging, _ground.Request());
        Assert.Equal((RunState.Succeeded, restored.Message), (restored.State, restored.Message));

        foreach (var request in (JsonObject?[])[null, new JsonObject { ["run"] = restored.Id }])
        {
            var blocked = Assert.IsType<IntakeResult.Blocked>(await _ground.Engine.Intake.AcceptAsync(TestEngine.Call("undo-restore", Staging, request), Token));
            Assert.Contains($"changed '{_ground.Ground.Settings.TargetOf(Staging)}' on the server {await RestoreServer.AskAsync(DatabaseThere.Client, Token)}", blocked.Sentence, StringComparison.Ordinal);
            Assert.Contains($"scripts/dashboard run undo-restore --environment {Staging} --run {restored.Id} --server-from MONGODB_URI.", blocked.Sentence, StringComparison.Ordinal);
        }

        var undone = await _there.RunConfirmedAsync("undo-restore", Staging);
        Assert.Equal((RunState.Succeeded, undone.Message), (undone.State, undone.Message));
        Assert.Equal(before, await DatabaseState.OfAsync(DatabaseThere, Token));
    }

    [Fact]
    public async Task The_record_names_the_server_and_nobody_who_signs_in()
    {
        var restored = await _there.RunConfirmedAsync("restore-backup", Staging, _ground.Request());

        var record = await _ground.Journal.FindAsync(restored.Id, Token);

        Assert.Equal("rs0", record?.Server?.ReplicaSet);
        Assert.Equal((await RestoreServer.AskAsync(DatabaseThere.Client, Token)).Hosts, record?.Server?.Hosts);
        Assert.All(record!.Server!.Hosts, host => Assert.Matches("^[a-z0-9.-]+:[0-9]+$", host));
    }

    [Theory]
    [InlineData("A:1,b:1|rs", "b:1,c:1|rs", true)]
    [InlineData("a:1,b:1|rs", "c:1|rs", false)]
    [InlineData("a:1|rs", "a:1|other", false)]
    [InlineData("a:1", "a:1|rs", true)]
    [InlineData("127.0.0.1:1", "localhost:1", true)]
    [InlineData("localhost:1", "localhost:2", false)]
    public void A_server_is_the_same_one_while_a_member_of_its_replica_set_stays(string one, string other, bool isSame)
    {
        Assert.Equal(isSame, Server(one).IsSameAs(Server(other)));
        Assert.Equal(isSame, Server(other).IsSameAs(Server(one)));

        static RestoreServer Server(string text) => RestoreServer.Of(text.Split('|')[0].Split(','), text.Split('|') is [_, var set] ? set : null);
    }
}
