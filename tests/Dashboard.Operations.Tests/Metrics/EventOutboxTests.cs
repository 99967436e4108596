using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Metrics;

public sealed class EventOutboxTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_the_phase_of_a_run_that_is_no_deployment_and_does_not_count_it_as_one()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        await ground.FillTargetAsync(documents: 5, bytesOfEach: 100, Token);

        var run = await ground.Engine.RunAsync("create-backup", stopping: Token);
        await ground.Engine.RunAsync("check-health", stopping: Token);

        var events = await EventsAsync(ground, 2);
        Assert.All(events, told => Assert.Equal(("staging", run.Id, EventPhase.Backup, false), (told.Environment, told.DeploymentId, told.Phase, told.Counts)));
        Assert.Equal([EventStatus.Started, EventStatus.Success], events.Select(told => told.Status));
        Assert.True(events[1].Milliseconds > 0);
        Assert.Null(events[1].Error);
    }

    [Fact]
    public async Task Says_why_a_phase_failed()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { TargetConnectionString = "mongodb://127.0.0.1:9/", StorePatience = TimeSpan.FromSeconds(1) });

        var run = await ground.Engine.RunAsync("create-backup", stopping: Token);

        Assert.Equal(RunState.Failed, run.State);
        var events = await EventsAsync(ground, 2);
        Assert.Equal((EventStatus.Failed, run.Message), (events[1].Status, events[1].Error));
    }

    [Fact]
    public async Task Keeps_events_while_the_database_is_away_and_writes_each_once_afterwards()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { StorePatience = TimeSpan.FromSeconds(2) });
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = new TestEngine(ground.Settings with { ConnectionString = proxy.Through(mongo.ConnectionString) });
        var outbox = engine.Get<EventOutbox>();
        proxy.Faults = new ProxyFaults { Down = true };

        foreach (var number in Enumerable.Range(0, 50))
            outbox.Offer(MetricGround.Event($"d{number:00}", EventPhase.Backup, EventStatus.Success, 0) with { At = engine.Time.GetUtcNow() });
        proxy.Faults = ProxyFaults.None;

        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"d{number:00}"), (await EventsAsync(ground, 50)).Select(told => told.DeploymentId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Writes_what_waits_before_the_process_ends()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        await using (var outbox = new EventOutbox(ground.Engine.Get<EventLog>(), ground.Engine.Environments, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EventOutbox>.Instance))
            outbox.Offer(MetricGround.Event("last", EventPhase.Backup, EventStatus.Success, 0) with { At = TimeProvider.System.GetUtcNow() });

        Assert.Single(await ground.Engine.Database.DeploymentEvents.Find(FilterDefinition<DeploymentEvent>.Empty).ToListAsync(Token));
    }

    [Fact]
    public async Task Keeps_nothing_of_an_environment_whose_metrics_are_switched_off()
    {
        await using var ground = await EngineGround.MakeAsync(
            mongo, Token, settings => settings with { Migration = settings.Migration with { Monitoring = settings.Migration.Monitoring with { MetricsEnabled = false } } });
        await using (var outbox = new EventOutbox(ground.Engine.Get<EventLog>(), ground.Engine.Environments, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EventOutbox>.Instance))
            outbox.Offer(MetricGround.Event("last", EventPhase.Backup, EventStatus.Success, 0) with { At = TimeProvider.System.GetUtcNow() });

        Assert.Empty(await ground.Engine.Database.DeploymentEvents.Find(FilterDefinition<DeploymentEvent>.Empty).ToListAsync(Token));
    }

    [Fact]
    public async Task Lets_a_run_go_on_when_a_witness_fails()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        using var engine = new TestEngine(ground.Settings, configure: services => services.AddSingleton<IRunWitness, Broken>());

        Assert.Equal(RunState.Succeeded, (await engine.RunAsync("ledger-operation", stopping: Token)).State);
    }

    private static async Task<IReadOnlyList<DeploymentEvent>> EventsAsync(EngineGround ground, int count) => await Eventually.GetAsync(
        async () => await ground.Engine.Database.DeploymentEvents.Find(FilterDefinition<DeploymentEvent>.Empty).SortBy(told => told.At).ThenBy(told => told.Status).ToListAsync(Token),
        events => events.Count == count);

    private sealed class Broken : IRunWitness
    {
        public void Began(Run run) => throw new InvalidOperationException("broken");

        public void Ended(Run run, RunState state, string message, TimeSpan took) => throw new InvalidOperationException("broken");
    }
}
