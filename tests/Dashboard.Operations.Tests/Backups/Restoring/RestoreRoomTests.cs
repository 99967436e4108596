using Dashboard.Operations.Backups;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>What a restore makes of the room that the server has for the copy beside.</summary>
public sealed class RestoreRoomTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Staging = "e001";
    private RestoreGround _ground = null!;
    private FaultProxy _proxy = null!;
    private TestEngine _engine = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ground = await RestoreGround.MakeAsync(mongo, Token);
        _proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        _engine = new TestEngine(_ground.Ground.Settings with { TargetConnectionString = _proxy.Through(mongo.ConnectionString) });
        await _ground.FillOldAsync(Staging, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Dispose();
        await _proxy.DisposeAsync();
        await _ground.DisposeAsync();
    }

    [Fact]
    public async Task Refuses_where_the_server_has_too_little_room_and_goes_on_when_it_was_said_as_plan_and_trail_show()
    {
        _proxy.Faults = new ProxyFaults { TellsFullVolume = true };
        var blocked = Assert.IsType<IntakeResult.Blocked>(await _engine.Intake.AcceptAsync(TestEngine.Call("restore-backup", Staging, _ground.Request()), Token));
        var check = Assert.Single(blocked.Plan.Blocks);
        Assert.Equal("Room on the server", check.Name);
        Assert.Contains("The server has 0 bytes free, and the copy needs up to ", check.Note, StringComparison.Ordinal);
        Assert.EndsWith("or say allowLittleRoom if you know that it takes less.", check.Note, StringComparison.Ordinal);

        var run = await _engine.RunConfirmedAsync("restore-backup", Staging, _ground.Request(("allowLittleRoom", true)));

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Contains("allowLittleRoom was said.", run.Plan!.Checks.Single(one => one is { Name: "Room on the server", Verdict: PlanVerdict.Warning }).Note, StringComparison.Ordinal);
        var trail = await _engine.Database.AuditEntries.Find(entry => entry.Fact.RequestId == run.Id).ToListAsync(Token);
        Assert.Contains(trail, entry => entry.Fact.After?.Contains("\"allowLittleRoom\":true", StringComparison.Ordinal) == true);
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
    }

    /// <summary>The safety backup may lie on the same volume.</summary>
    [Fact]
    public async Task Looks_again_before_it_loads_beside_and_changes_nothing_when_the_room_has_gone()
    {
        var old = await _ground.StateAsync(Staging, Token);
        using var hook = FailpointHook.Install();
        hook.On(Failpoints.StepBegun, nth: 1, times: int.MaxValue, hit =>
        {
            if (hit.Detail.Contains("Restore beside", StringComparison.Ordinal))
                _proxy.Faults = new ProxyFaults { TellsFullVolume = true };
            return Task.CompletedTask;
        });

        var run = await _engine.RunConfirmedAsync("restore-backup", Staging, _ground.Request());

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith("The server has 0 bytes free, and the copy needs up to ", run.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", run.Message, StringComparison.Ordinal);
        Assert.Equal(old, await _ground.StateAsync(Staging, Token));
        Assert.Empty(await DatabaseState.BesideAsync(_ground.DatabaseOf(Staging), "__restore_", Token));
    }

    [Theory]
    [InlineData("{ fsTotalSize: 100.0, fsUsedSize: 40.0 }", 60L)]
    [InlineData("{ fsTotalSize: 100, fsUsedSize: 140 }", 0L)]
    [InlineData("{ fsTotalSize: 0, fsUsedSize: 0 }", null)]
    [InlineData("{ fsTotalSize: 'much', fsUsedSize: 1 }", null)]
    [InlineData("{ }", null)]
    public void Takes_for_free_what_the_server_tells_and_nothing_where_it_tells_nothing(string stats, long? free)
    {
        var room = ServerRoom.Of(BsonDocument.Parse(stats), needed: 60);

        Assert.Equal((free, free < 60), (room.Free, room.IsTooLittle));
    }
}
