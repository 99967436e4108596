using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace Dashboard.Operations.Tests.Metrics;

public sealed class MetricFoldTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Successes, a failure with its way back, one that is gone back from later, one without an end, and a backup on its own; over three hours and two days.</summary>
    private static IReadOnlyList<DeploymentEvent> Story =>
    [
        .. MetricGround.Deployment("a", minutesAgo: 800, minutes: 4),
        .. MetricGround.Deployment("b", minutesAgo: 170, minutes: 6, succeeds: false),
        MetricGround.Event("b", EventPhase.Rollback, EventStatus.Success, 160, goesBackFrom: "b"),
        .. MetricGround.Deployment("c", minutesAgo: 100, minutes: 2),
        MetricGround.Event("r", EventPhase.Rollback, EventStatus.Started, 51, goesBackFrom: "c", counts: false),
        MetricGround.Event("r", EventPhase.Rollback, EventStatus.Success, 50, goesBackFrom: "c", counts: false),
        MetricGround.Event("d", EventPhase.Validation, EventStatus.Started, 40),
        MetricGround.Event("backup", EventPhase.Backup, EventStatus.Success, 30, 900, counts: false),
        .. MetricGround.Deployment("a", minutesAgo: 20, minutes: 3, environment: "production"),
    ];

    [Fact]
    public async Task Counts_deployments_by_what_became_of_them_and_leaves_out_what_is_none()
    {
        var ground = await MetricGround.MakeAsync(mongo);
        await ground.AddAsync(Story);

        var staging = await ground.SumAsync("staging");
        var all = await ground.SumAsync();

        Assert.Equal((4, 2, 1, 1), (staging.Deployments.Total, staging.Deployments.Successful, staging.Deployments.Failed, staging.Deployments.Unfinished));
        Assert.Equal((2, 2), (staging.Deployments.RolledBack, staging.Deployments.ChangeFailures));
        Assert.Equal((5, 3), (all.Deployments.Total, all.Deployments.Successful));
        // a and c, first event to last; the rollbacks afterwards belong to no deployment's time.
        Assert.Equal((2, TimeSpan.FromMinutes(6).TotalMilliseconds), (staging.Deployments.Times.Count, staging.Deployments.Times.Sum));
        // The contract also measures b, whose verification ended badly.
        Assert.Equal((3, TimeSpan.FromMinutes(12).TotalMilliseconds), (staging.Deployments.ContractTimed, staging.Deployments.ContractMilliseconds));
        // b: four minutes until it was back; c: 48 minutes from its good verification to the end of the way back.
        Assert.Equal((2, TimeSpan.FromMinutes(52).TotalMilliseconds), (staging.Deployments.Restores.Count, staging.Deployments.Restores.Sum));
        Assert.Equal((3, 6_000), (staging.Events.Migrations.Count, staging.Events.Migrations.Sum));
        Assert.Equal(MetricGround.Now.AddMinutes(-40), staging.Events.LastAt);
        Assert.Equal(Story.Count, all.Events.Count);
    }

    [Fact]
    public async Task Comes_out_the_same_in_whatever_order_and_portions_the_events_arrive()
    {
        var inOrder = await MetricGround.MakeAsync(mongo);
        await inOrder.AddAsync(Story);
        await inOrder.Fold.FoldAsync(100, Token);
        var backwards = await MetricGround.MakeAsync(mongo);

        foreach (var told in Story.Reverse())
        {
            await backwards.AddAsync(told);
            await backwards.Fold.FoldAsync(100, Token);
        }

        Assert.Equal(await inOrder.AllAsync(), await backwards.AllAsync());
    }

    /// <summary>The process ends right before its n-th command to the database, for every n until it comes through.</summary>
    [Fact]
    public async Task Loses_and_doubles_nothing_wherever_a_process_ends()
    {
        var reference = await MetricGround.MakeAsync(mongo);
        await reference.AddAsync(Story);
        await reference.Fold.FoldAsync(100, Token);
        var expected = await reference.AllAsync();
        var hasEnded = true;
        var deaths = 0;

        for (var nth = 1; hasEnded; nth++)
        {
            var ground = await MetricGround.MakeAsync(mongo);
            await ground.AddAsync(Story.Take(6));
            await ground.Fold.FoldAsync(100, Token);
            await ground.AddAsync(Story.Skip(6));
            hasEnded = await EndsAtAsync(ground, nth);
            deaths += hasEnded ? 1 : 0;

            await ground.Fold.FoldAsync(100, Token);

            Assert.Equal(expected, await ground.AllAsync());
            Assert.False(await ground.Database.SumMarks.Find(FilterDefinition<SumMark>.Empty).AnyAsync(Token));
        }

        Assert.True(deaths > 15, $"Only {deaths} places were tried.");
    }

    [Fact]
    public async Task Agrees_with_itself_when_three_processes_fold_at_once_while_events_come()
    {
        var ground = await MetricGround.MakeAsync(mongo);
        var events = Enumerable.Range(0, 300).SelectMany(number => MetricGround.Deployment($"d{number}", minutesAgo: 10 + (number % 200), minutes: 3, succeeds: number % 5 != 0)).ToList();

        var adding = Task.WhenAll(events.Chunk(150).Select(chunk => ground.AddAsync(chunk)));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            var process = ground.Through(mongo.Client);
            while (!adding.IsCompleted)
                await process.Fold.FoldAsync(100, Token);
        }));
        await adding;

        var sum = await ground.SumAsync("staging");
        Assert.Equal((300, 240, 60), (sum.Deployments.Total, sum.Deployments.Successful, sum.Deployments.Failed));
        Assert.Equal(events.Count, sum.Events.Count);
        Assert.Equal(240, sum.Deployments.Times.Count);
    }

    [Fact]
    public async Task Moves_a_deployment_to_the_hour_of_an_event_that_comes_late()
    {
        var ground = await MetricGround.MakeAsync(mongo);
        await ground.AddAsync(MetricGround.Event("a", EventPhase.Verification, EventStatus.Success, 30));
        Assert.Equal(1, (await ground.SumAsync(hours: 1)).Deployments.Total);

        await ground.AddAsync(MetricGround.Event("a", EventPhase.Validation, EventStatus.Started, 70));

        Assert.Equal(0, (await ground.SumAsync(hours: 1)).Deployments.Total);
        Assert.Equal(1, (await ground.SumAsync(hours: 2)).Deployments.Total);
    }

    [Fact]
    public async Task Deletes_old_events_by_whole_weeks_and_keeps_their_sums()
    {
        var ground = await MetricGround.MakeAsync(mongo, new MonitoringSettings { KeepMetrics = TimeSpan.FromDays(10) });
        const double Day = 24 * 60;
        // Ten days before Friday is Tuesday of the week before last; its Monday is the first day that is kept.
        await ground.StoreAsync([.. MetricGround.Deployment("old", 12 * Day, 5), .. MetricGround.Deployment("kept", 10.9 * Day, 5), .. MetricGround.Deployment("new", Day, 5)]);

        Assert.Equal(3, await ground.Retention.PruneAsync(Token));

        Assert.Equal(new DateTimeOffset(2026, 11, 16, 0, 0, 0, TimeSpan.Zero), ground.Retention.OldestEvent);
        Assert.Equal(["kept", "new"], (await ground.Database.DeploymentEvents.Distinct(told => told.DeploymentId, FilterDefinition<DeploymentEvent>.Empty, cancellationToken: Token).ToListAsync(Token)).Order(StringComparer.Ordinal));
        var sum = await ground.SumAsync(hours: 24 * 30);
        Assert.Equal((3, 9, 3), (sum.Deployments.Total, sum.Events.Count, sum.Events.Migrations.Count));

        // What is told of it later still counts, and costs no event its place.
        await ground.AddAsync(MetricGround.Event("r", EventPhase.Rollback, EventStatus.Success, 5, goesBackFrom: "old", counts: false));
        sum = await ground.SumAsync(hours: 24 * 30);
        Assert.Equal((3, 1, 10), (sum.Deployments.Total, sum.Deployments.RolledBack, sum.Events.Count));
    }

    [Fact]
    public async Task Keeps_an_event_of_a_closed_week_as_of_now()
    {
        var ground = await MetricGround.MakeAsync(mongo);
        var monday = new DateTimeOffset(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);

        ground.Time.SetUtcNow(monday.AddMinutes(59));
        await ground.AddAsync(MetricGround.Event("in time", EventPhase.Backup, EventStatus.Success, 0));
        ground.Time.SetUtcNow(monday.AddMinutes(61));
        await ground.AddAsync(MetricGround.Event("late", EventPhase.Backup, EventStatus.Success, 0));

        var kept = await ground.Database.DeploymentEvents.Find(FilterDefinition<DeploymentEvent>.Empty).ToListAsync(Token);
        Assert.Equal(MetricGround.Now, kept.Single(told => told.DeploymentId == "in time").At);
        Assert.Equal(monday.AddMinutes(61), kept.Single(told => told.DeploymentId == "late").At);
    }

    private async Task<bool> EndsAtAsync(MetricGround ground, int nth)
    {
        using var end = new CancellationTokenSource();
        var commands = 0;
        var settings = MongoClientSettings.FromConnectionString(mongo.ConnectionString);
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(started =>
        {
            if (started.DatabaseNamespace.DatabaseName == ground.Database.Database.DatabaseNamespace.DatabaseName && Interlocked.Increment(ref commands) == nth)
                end.Cancel();
        });
        using var client = new MongoClient(settings);
        try
        {
            await ground.Through(client).Fold.FoldAsync(100, end.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
