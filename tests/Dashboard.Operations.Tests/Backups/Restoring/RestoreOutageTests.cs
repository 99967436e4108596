using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>DB1 for restores: the database server goes away at every place of a restore and of an undo, shorter and longer than the lease allows.</summary>
public sealed class RestoreOutageTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("restore-backup", 0.3)]
    [InlineData("restore-backup", 6)]
    [InlineData("undo-restore", 0.3)]
    [InlineData("undo-restore", 6)]
    public async Task Is_entirely_old_or_entirely_new_when_the_server_goes_away_anywhere(string operation, double seconds)
    {
        await using var ground = await RestoreGround.MakeAsync(mongo, Token);
        var points = await RestoreCase.PointsAsync(ground, operation, "e001", quick: 6, Token);

        await FaultCase.EachAsync(
            points.Select((hit, index) => (Hit: hit, Environment: ground.Ground.Settings.Environments[index + 2])),
            each => $"{operation}: {seconds} s away at {each.Hit}",
            each => GoAwayAsync(ground, operation, each.Environment, each.Hit, TimeSpan.FromSeconds(seconds)),
            Token,
            atOnce: 6);
    }

    /// <summary>The engine itself is killed; its gateway starts it again.</summary>
    [Theory]
    [InlineData("restore-backup", 4)]
    [InlineData("undo-restore", 3)]
    public async Task Is_entirely_old_or_entirely_new_when_the_server_is_killed_anywhere(string operation, int quick)
    {
        await using var server = await OwnMongo.StartAsync(Token);
        await using var ground = await RestoreGround.MakeAsync(
            mongo, Token, settings => settings with { ConnectionString = server.ConnectionString, LeaseDuration = TimeSpan.FromSeconds(6) });
        var points = await RestoreCase.PointsAsync(ground, operation, "e001", quick, Token);
        for (var index = 0; index < points.Count; index++)
        {
            var (hit, environment) = (points[index], ground.Ground.Settings.Environments[index + 2]);
            await FaultCase.NamedAsync($"{operation}: server killed at {hit}", () => KillServerAsync(ground, operation, environment, hit, server));
        }
    }

    private static async Task GoAwayAsync(RestoreGround ground, string operation, string environment, FailpointHit hit, TimeSpan outage)
    {
        var restore = await RestoreCase.AcceptAsync(ground, operation, environment, Token);
        await using var proxy = FaultProxy.InFrontOf(ground.Ground.Settings.ConnectionString);
        using var engine = new TestEngine(ground.Ground.Settings with
        {
            ConnectionString = proxy.Through(ground.Ground.Settings.ConnectionString),
            LeaseDuration = Lease,
            StorePatience = TimeSpan.FromSeconds(1),
        });
        using var hook = FailpointHook.Install();
        hook.On(hit.Point, hit.Nth, times: 1, reached =>
        {
            proxy.Faults = new ProxyFaults { Down = true };
            _ = BackAfterAsync(proxy, outage);
            return Task.CompletedTask;
        });

        await RunOrLoseTheStoreAsync(engine, restore.RunId);

        await ground.Engine.Runner.RunAsync(restore.RunId, Token);
        await restore.AssertSecondAttemptAsync(await restore.AssertOldOrNewAsync(Token), Token);
    }

    private static async Task KillServerAsync(RestoreGround ground, string operation, string environment, FailpointHit hit, OwnMongo server)
    {
        var restore = await RestoreCase.AcceptAsync(ground, operation, environment, Token);
        using (var hook = FailpointHook.Install())
        {
            hook.On(hit.Point, hit.Nth, times: 1, _ =>
            {
                server.KillEngine();
                return Task.CompletedTask;
            });
            await RunOrLoseTheStoreAsync(ground.Engine, restore.RunId);
        }

        await Eventually.TrueAsync(() => AnswersAsync(ground), "the server is back");
        await ground.Engine.Runner.RunAsync(restore.RunId, Token);
        await restore.AssertSecondAttemptAsync(await restore.AssertOldOrNewAsync(Token), Token);
    }

    private static async Task<bool> AnswersAsync(RestoreGround ground)
    {
        try
        {
            await ground.Engine.Runs.ActiveIdsAsync(Token);
            return true;
        }
        catch (Exception exception) when (exception is MongoDB.Driver.MongoException or TimeoutException)
        {
            return false;
        }
    }

    private static async Task BackAfterAsync(FaultProxy proxy, TimeSpan outage)
    {
        await Task.Delay(outage, Token);
        proxy.Faults = ProxyFaults.None;
    }

    /// <summary>The runner may throw while it cannot reach its database; the job store then shows a failed delivery.</summary>
    private static async Task RunOrLoseTheStoreAsync(TestEngine engine, string runId)
    {
        try
        {
            await engine.Runner.RunAsync(runId, Token);
        }
        catch (Exception exception) when (exception is MongoDB.Driver.MongoException or TimeoutException)
        {
            // What came of the run is asserted.
        }
    }
}
