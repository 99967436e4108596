using Dashboard.Operations.Deployments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Incidents;

public sealed class IncidentTimelineTests(MongoFixture mongo) : IAsyncLifetime
{
    private IncidentGround _ground = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _ground = await IncidentGround.MakeAsync(mongo);

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task It_fills_itself_from_all_that_happened_in_its_environments_and_in_its_time()
    {
        var id = await LiveThroughAsync();

        var kinds = (await _ground.TimelineAsync(id)).Select(entry => entry.Kind).Distinct().Order();

        Assert.Equal(Enum.GetValues<TimelineKind>(), kinds);
    }

    [Fact]
    public async Task Other_environments_and_other_times_are_not_in_it()
    {
        var id = await LiveThroughAsync();

        var timeline = await _ground.TimelineAsync(id);

        Assert.DoesNotContain(timeline, entry => entry.Environment == "production");
        Assert.DoesNotContain(timeline, entry => entry.Text.Contains("long ago", StringComparison.Ordinal));
        Assert.Equal(timeline.OrderBy(entry => entry.At).Select(entry => entry.At), timeline.Select(entry => entry.At));
    }

    [Fact]
    public async Task Health_is_told_where_it_changed_and_not_where_it_stayed()
    {
        var id = await LiveThroughAsync();

        var health = (await _ground.TimelineAsync(id)).Where(entry => entry.Kind == TimelineKind.Health).Select(entry => entry.Text.Split(':')[0]);

        Assert.Equal(["/api/health was Healthy and is Down", "/api/health was Down and is Healthy"], health);
    }

    [Fact]
    public async Task It_is_kept_when_what_it_was_gathered_from_is_gone_and_goes_on_with_notes()
    {
        var id = await LiveThroughAsync();
        await _ground.Book.ResolveAsync(id, "Over.", "Tess", Token);
        var before = await _ground.TimelineAsync(id);
        await _ground.Alerts.Engine.Database.HealthReports.DeleteManyAsync(FilterDefinition<HealthReport>.Empty, Token);
        await _ground.Alerts.Engine.Database.Runs.DeleteManyAsync(FilterDefinition<Run>.Empty, Token);
        _ground.Time.Advance(TimeSpan.FromDays(1));
        await _ground.Book.NoteAsync(id, "n1", "We bought a disk.", "Tess", Token);

        Assert.Equal([.. before.Select(entry => entry.Text), "Tess: We bought a disk."], (await _ground.TimelineAsync(id)).Select(entry => entry.Text));
    }

    /// <summary>An incident of staging with an alert, a run, a release, a health change, maintenance, an update and a note; things of production and of long ago beside.</summary>
    private async Task<string> LiveThroughAsync()
    {
        var database = _ground.Alerts.Engine.Database;
        await database.Runs.InsertManyAsync([RunOf("staging", "long ago", -600), RunOf("staging", "before the release", -5), RunOf("production", "elsewhere", -5)], cancellationToken: Token);
        await database.Releases.InsertManyAsync([ReleaseOf("staging", -4), ReleaseOf("production", -4)], cancellationToken: Token);
        await _ground.Alerts.FailAsync("d1");
        await _ground.Alerts.FailAsync("d2", "production");
        await _ground.Alerts.SweepAsync();
        var incident = await _ground.OpenAsync();
        await _ground.Alerts.OpenWindowAsync();
        await database.MaintenanceWindows.UpdateManyAsync(window => window.Environment == "staging", Builders<Operations.Maintenance.MaintenanceWindow>.Update.Set(window => window.OpenedAt, _ground.Time.GetUtcNow()), cancellationToken: Token);
        _ground.Time.Advance(TimeSpan.FromMinutes(1));
        await _ground.Alerts.ReportAsync(application: HealthState.Down);
        _ground.Time.Advance(TimeSpan.FromMinutes(1));
        await _ground.Alerts.ReportAsync();
        await _ground.Book.NoteAsync(incident.Id, "n0", "The disk is full.", "Tess", Token);
        return incident.Id;
    }

    private Run RunOf(string environment, string reason, int minutes) => new()
    {
        Id = MongoDB.Bson.ObjectId.GenerateNewId().ToString(),
        Operation = "create-backup",
        Title = "Back up",
        Environment = environment,
        State = RunState.Succeeded,
        Reason = reason,
        Actor = "Tess",
        Door = Door.Button,
        Request = "{}",
        TakesLease = true,
        QueuedAt = _ground.Time.GetUtcNow().AddMinutes(minutes),
        FinishedAt = _ground.Time.GetUtcNow().AddMinutes(minutes + 1),
        Message = "Done.",
    };

    private Release ReleaseOf(string environment, int minutes) => new()
    {
        Id = MongoDB.Bson.ObjectId.GenerateNewId().ToString(),
        Environment = environment,
        Kind = ReleaseKind.Deployment,
        State = ReleaseState.Complete,
        Image = "registry.fly.io/dnd:2",
        Actor = "Tess",
        Reason = "new",
        BegunAt = _ground.Time.GetUtcNow().AddMinutes(minutes),
        EndedAt = _ground.Time.GetUtcNow().AddMinutes(minutes + 1),
    };
}
