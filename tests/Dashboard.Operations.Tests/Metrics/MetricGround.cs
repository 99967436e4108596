using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Metrics;

/// <summary>A dashboard database of its own, a clock that stands on a Friday, and everything that counts events, put together anew for each process that a test plays.</summary>
internal sealed class MetricGround(DashboardDatabase database, FakeTimeProvider time, MonitoringSettings settings)
{
    /// <summary>In ISO week 48; the window of most tests is the hours before.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    public FakeTimeProvider Time => time;

    public DashboardDatabase Database => database;

    public EventLog Log => new(database, time);

    public SumMarks Marks => new(database);

    public MetricFold Fold => new(database, new EventAssignment(database, Marks), Marks, new SumCount(database, Marks, settings, time));

    public MetricSums Sums => new(database, Fold, time);

    public MetricRetention Retention => new(database, Fold, Marks, settings, time);

    public DeploymentFigures Figures => new(Sums, Alerts, settings);

    public AlertBook Alerts => new(database, new AlertStore(database, new AlertTimes(), time), time);

    public EventReader Reader => new(database, Fold, Retention, time);

    public static async Task<MetricGround> MakeAsync(MongoFixture mongo, MonitoringSettings? settings = null)
    {
        var database = new DashboardDatabase(mongo.Client, mongo.NewDatabase("metrics").Name);
        await database.PrepareAsync(TestContext.Current.CancellationToken);
        return new MetricGround(database, new FakeTimeProvider(Now), settings ?? new MonitoringSettings());
    }

    /// <summary>The same database as another process, or one that is cut off, sees it.</summary>
    public MetricGround Through(IMongoClient client) => new(new DashboardDatabase(client, database.Database.DatabaseNamespace.DatabaseName), time, settings);

    public static DeploymentEvent Event(string deployment, EventPhase phase, EventStatus status, double minutesAgo, double? milliseconds = null, string environment = "staging", string? goesBackFrom = null, bool counts = true, string? error = null) => new()
    {
        At = Now.AddMinutes(-minutesAgo),
        Environment = environment,
        DeploymentId = deployment,
        Phase = phase,
        Status = status,
        Milliseconds = milliseconds,
        GoesBackFrom = goesBackFrom,
        Counts = counts,
        Error = error,
    };

    /// <summary>From its validation to its verification.</summary>
    public static IEnumerable<DeploymentEvent> Deployment(string id, double minutesAgo, double minutes, bool succeeds = true, string environment = "staging") =>
    [
        Event(id, EventPhase.Validation, EventStatus.Started, minutesAgo, environment: environment),
        Event(id, EventPhase.Migration, EventStatus.Success, minutesAgo - (minutes / 2), 2_000, environment),
        Event(id, EventPhase.Verification, succeeds ? EventStatus.Success : EventStatus.Failed, minutesAgo - minutes, environment: environment),
    ];

    public async Task AddAsync(params IEnumerable<DeploymentEvent> events)
    {
        foreach (var told in events)
            await Log.AddAsync(told, TestContext.Current.CancellationToken);
    }

    /// <summary>As they would have been stored at their time, whatever the clock says now.</summary>
    public Task StoreAsync(IEnumerable<DeploymentEvent> events) =>
        database.DeploymentEvents.InsertManyAsync(events.Select(told => told with { IsUnsummed = true }), cancellationToken: TestContext.Current.CancellationToken);

    public Task<WindowSum> SumAsync(string? environment = null, double hours = 24) =>
        Sums.ReadAsync(MetricWindow.Before(environment, Now, TimeSpan.FromHours(hours)), TestContext.Current.CancellationToken);

    /// <summary>Every stored sum in words, to compare two ways of getting there.</summary>
    public async Task<IReadOnlyList<string>> AllAsync()
    {
        var sums = await database.MetricSums.Find(FilterDefinition<MetricSum>.Empty).ToListAsync(TestContext.Current.CancellationToken);
        return
        [
            .. sums.OrderBy(sum => sum.Id, StringComparer.Ordinal).Select(sum =>
                $"{sum.Id}: {string.Join(", ", sum.Events.Phases)}; {sum.Events.Migrations}; {sum.Events.LastAt:O}; {sum.Deployments}"),
        ];
    }
}
