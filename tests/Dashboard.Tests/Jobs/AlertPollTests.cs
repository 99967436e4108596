using Dashboard.Hosting;
using Dashboard.Jobs;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Maintenance;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Tests.Jobs;

public sealed class AlertPollTests(MongoFixture mongo)
{
    private int _looks;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outlives_what_nobody_thought_of_and_says_so()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var time = new FakeTimeProvider(new DateTimeOffset(2028, 2, 29, 12, 0, 0, TimeSpan.Zero));
        using var engine = new TestEngine(ground.Settings, time: time);
        var sweep = new AlertSweep(
            FirstFailing(), engine.Get<AlertStore>(), engine.Get<AlertBook>(), engine.Get<EnvironmentRegistry>(), engine.Get<MonitoringSettings>(), engine.Get<MaintenanceWindows>(), new AlertTimes(), time, NullLogger<AlertSweep>.Instance);
        var warnings = new Warnings<AlertPoll>();
        using var poll = new AlertPoll(sweep, engine.Get<AlertOutbox>(), engine.Get<DeliverySweep>(), engine.Get<ChannelCatalog>(), new Readiness(platform: null), time, warnings);

        await poll.StartAsync(Token);
        await Eventually.TrueAsync(() => warnings.All.Count > 0, "it says so");
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return Volatile.Read(ref _looks) > 1;
            },
            "it looks again");

        Assert.Equal("Alerts could not be looked for or told, for a reason that nobody thought of; it is tried again in some seconds", Assert.Single(warnings.All));
        await poll.StopAsync(Token);
    }

    private IEnumerable<IAlertRule> FirstFailing()
    {
        if (Interlocked.Increment(ref _looks) == 1)
            throw new InvalidOperationException("a fault of ours");
        yield break;
    }
}
