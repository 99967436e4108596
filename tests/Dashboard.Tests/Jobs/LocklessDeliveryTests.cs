using System.Text.Json.Nodes;
using Dashboard.Jobs;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Jobs;

/// <summary>DL3: DL1, DL2 and DL4 through Hangfire itself, two job servers on one storage, and its own lock replaced by nothing.</summary>
public sealed class LocklessDeliveryTests(MongoFixture mongo)
{
    private readonly EffectLedger _ledger = new(mongo.NewDatabase("ledger").Database);
    private readonly NoLocks _locks = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_the_body_once_however_often_two_job_servers_are_handed_it()
    {
        await using var first = await StartAsync(new());
        await using var second = await StartAsync(new() { Beside = first });
        await first.FillStagingAsync(20);

        for (var round = 0; round < FaultCounts.Of(quick: 1, full: 50); round++)
        {
            foreach (var operation in new[] { "ledger-operation", "ledger-reading", "create-backup", "verify-backup", "check-health" })
            {
                foreach (var deliveries in new[] { 2, 3, 10 })
                    await FaultCase.NamedAsync($"{operation} delivered {deliveries} times", () => DeliverAsync(first, second, operation, deliveries));
            }
        }

        Assert.True(_locks.Given > 0, "Hangfire asked for no lock.");
        await Invariants.EachEffectAtMostOnceAsync(_ledger, Token);
        await Invariants.NoEffectOfAnOldHolderAsync(_ledger, Token);
        await Invariants.EveryArchiveIsWholeAsync(new BackupFolder(first.BackupFolder), Token);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(600)]
    [InlineData(-600)]
    public async Task Does_nothing_twice_when_the_clock_of_one_job_server_is_wrong(int seconds)
    {
        await using var right = await StartAsync(new());
        await using var wrong = await StartAsync(new() { Beside = right }, services => services.AddSingleton<TimeProvider>(new ShiftedTime(TimeSpan.FromSeconds(seconds))));

        for (var round = 0; round < FaultCounts.Of(quick: 2, full: 100); round++)
        {
            var (door, other) = round % 2 == 0 ? (right, wrong) : (wrong, right);
            var run = await AcceptAsync(door, "ledger-operation", new JsonObject { ["steps"] = 4, ["milliseconds"] = 100 });
            QueueAgain(run, right, wrong, right, wrong);
            var refused = await other.Services.GetRequiredService<Intake>().AcceptAsync(TestEngine.Call("ledger-operation"), Token);

            await AssertIdleAsync(right);
            await AssertOnceAsync(right, run, effects: 4);
            Assert.Equal(run.Id, Assert.IsType<IntakeResult.LeaseHeld>(refused).Holder.RunId);
        }

        await Invariants.EachEffectAtMostOnceAsync(_ledger, Token);
        await Invariants.NoEffectOfAnOldHolderAsync(_ledger, Token);
    }

    [Fact]
    public async Task Does_no_effect_after_its_lease_when_one_job_server_loses_the_store_and_the_other_takes_over()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        var runner = new RunnerOptions { LeaseDuration = TimeSpan.FromSeconds(4), Heartbeat = TimeSpan.FromMilliseconds(200) };
        await using var away = await StartAsync(new() { ConnectionString = proxy.Through(mongo.ConnectionString), Runner = runner });
        var given = await AcceptAsync(away, "ledger-operation", new JsonObject { ["steps"] = 50, ["milliseconds"] = 500 });
        QueueAgain(given, away);
        await Eventually.TrueAsync(async () => (await _ledger.EffectsAsync(given.Id, Token)).Count > 0, "the first effect is done");
        await using var here = await StartAsync(new() { Beside = away, Runner = runner });

        proxy.Faults = new ProxyFaults { Timeout = true };
        Assert.Equal("interrupted", (await here.EndOfAsync(given.Id))["state"]!.GetValue<string>());
        var taken = await AcceptAsync(here, "ledger-operation", new JsonObject { ["steps"] = 2 });
        QueueAgain(taken, here);
        await AssertOnceAsync(here, taken, effects: 2);
        QueueAgain(given, here, here);
        proxy.Faults = ProxyFaults.None;

        await Eventually.TrueAsync(async () => (await FindAsync(here, given.Id)).RefusedWrites > 0, "a write of the one that was away is refused");
        await AssertIdleAsync(here);
        Assert.Equal(RunState.Interrupted, (await FindAsync(here, given.Id)).State);
        await Invariants.EachEffectAtMostOnceAsync(_ledger, Token);
        await Invariants.NoEffectOfAnOldHolderAsync(_ledger, Token);
    }

    private Task<TestDashboard> StartAsync(TestDashboard.Setup setup, Action<IServiceCollection>? configure = null) => TestDashboard.StartAsync(mongo, setup with
    {
        Configure = services =>
        {
            _locks.Replace(services);
            services.AddSingleton(_ledger).AddTransient<Operation, LedgerOperation>().AddTransient<Operation, LedgerReading>();
            configure?.Invoke(services);
        },
    });

    private async Task DeliverAsync(TestDashboard first, TestDashboard second, string operation, int deliveries)
    {
        var archives = new BackupFolder(first.BackupFolder).List().Count;
        var run = await AcceptAsync(first, operation);

        QueueAgain(run, [.. Enumerable.Range(0, deliveries).Select(index => index % 2 == 0 ? first : second)]);

        await AssertIdleAsync(first);
        await AssertOnceAsync(first, run, operation.StartsWith("ledger-", StringComparison.Ordinal) ? 3 : 0, operation == "check-health" ? RunState.Failed : RunState.Succeeded);
        Assert.Equal(archives + (operation == "create-backup" ? 1 : 0), new BackupFolder(first.BackupFolder).List().Count);
    }

    /// <summary>Stored and not yet queued, so that each delivery is the test's own.</summary>
    private static async Task<Run> AcceptAsync(TestDashboard dashboard, string operation, JsonObject? request = null) =>
        Assert.IsType<IntakeResult.Accepted>(await dashboard.Services.GetRequiredService<Intake>().AcceptAsync(TestEngine.Call(operation, request: request), Token)).Run;

    private static void QueueAgain(Run run, params TestDashboard[] dashboards) =>
        Parallel.ForEach(dashboards, dashboard => dashboard.Services.GetRequiredService<OperationQueue>().QueueAgain(run));

    private static async Task<Run> FindAsync(TestDashboard dashboard, string runId) =>
        await dashboard.Services.GetRequiredService<RunHistory>().FindAsync(runId, Token) ?? throw new InvalidOperationException("The run is gone.");

    private async Task AssertOnceAsync(TestDashboard dashboard, Run run, int effects, RunState end = RunState.Succeeded)
    {
        await dashboard.EndOfAsync(run.Id);
        var ended = await FindAsync(dashboard, run.Id);
        Assert.Equal((end, 0), (ended.State, ended.RefusedWrites));
        Assert.Equal(effects, (await _ledger.EffectsAsync(run.Id, Token)).Count);
        var lines = await dashboard.Services.GetRequiredService<RunHistory>().LinesAsync(run.Id, 0, Token);
        Assert.All(ended.Steps, step => Assert.Single(lines, line => line.Text == step.Title));
    }

    /// <summary>Every delivery has come to its end.</summary>
    private static Task AssertIdleAsync(TestDashboard dashboard)
    {
        var jobs = dashboard.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        return Eventually.TrueAsync(() => jobs.GetStatistics() is { Enqueued: 0, Processing: 0 }, "no delivery is left");
    }
}
