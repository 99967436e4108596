using System.Text.Json;
using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Tests.Incidents;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.StatusPage;

public sealed class StatusBoardTests(MongoFixture mongo) : IAsyncLifetime
{
    private IncidentGround _ground = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private StatusBoard Board => _ground.Alerts.Engine.Get<StatusBoard>();

    public async ValueTask InitializeAsync() => _ground = await IncidentGround.MakeAsync(mongo);

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task Every_environment_has_its_components_with_ninety_days()
    {
        var snapshot = await ReadAsync();

        Assert.Equal(["staging-application", "staging-database", "production-application", "production-database"], snapshot.Components.Select(component => component.Id));
        Assert.All(snapshot.Components, component => Assert.Equal((ComponentState.Operational, true, 90), (component.State, component.IsKnown, component.Days.Count)));
    }

    [Fact]
    public async Task What_is_measured_said_and_planned_is_shown_and_checks_that_stopped_are_not_believed()
    {
        _ground.Time.Advance(TimeSpan.FromMinutes(1));
        await _ground.Alerts.ReportAsync(environments: ["staging"]);
        await _ground.Alerts.ReportAsync(ping: HealthState.Down, environments: ["production"]);
        await _ground.Alerts.OpenWindowAsync();
        Assert.Equal([ComponentState.UnderMaintenance, ComponentState.UnderMaintenance, ComponentState.Operational, ComponentState.MajorOutage], (await ReadAsync()).Components.Select(component => component.State));

        await _ground.OpenAsync();
        Assert.Equal(ComponentState.PartialOutage, (await ReadAsync()).Components.ElementAt(1).State);

        _ground.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((ComponentState.Operational, false), (await ReadAsync()).Components.Select(component => (component.State, component.IsKnown)).Last());
    }

    [Fact]
    public async Task An_incident_is_public_from_its_first_update_on_and_moves_to_the_past_when_it_is_resolved()
    {
        var id = (await _ground.OpenAsync(IncidentGround.Draft(update: null))).Id;
        Assert.Empty((await ReadAsync()).Incidents);

        await _ground.Book.UpdateAsync(id, "u1", UpdateStatus.Identified, "It is the disk.", components: null, "Tess", Token);
        var open = Assert.Single((await ReadAsync()).Open);
        Assert.Equal((id, UpdateStatus.Identified, "It is the disk.", "staging: database"), (open.Id, open.Status, Assert.Single(open.Updates).Body, Assert.Single(open.Components).Title));

        await _ground.Book.ResolveAsync(id, "Over.", "Tess", Token);
        var snapshot = await ReadAsync();
        Assert.Empty(snapshot.Open);
        Assert.Equal((UpdateStatus.Resolved, "Over."), (Assert.Single(snapshot.Past).Status, snapshot.Past[0].Updates[0].Body));
    }

    [Fact]
    public async Task A_thousand_visitors_within_two_seconds_are_one_reading()
    {
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => Board.ReadAsync(Token)));

        Assert.Equal(1, Board.Reads);
    }

    [Fact]
    public async Task An_edit_shows_at_once_and_one_of_another_dashboard_after_the_hold()
    {
        await ReadAsync();
        var id = (await _ground.OpenAsync()).Id;
        Assert.Equal(id, Assert.Single((await ReadAsync()).Open).Id);

        await _ground.Alerts.NewEngine().Get<IncidentBook>().ResolveAsync(id, "Over.", "Ada", Token);
        _ground.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty((await ReadAsync()).Open);
    }

    [Fact]
    public async Task A_window_is_shown_at_once_with_a_name_and_words_that_are_meant_for_the_world()
    {
        await ReadAsync();
        var windows = _ground.Alerts.Engine.Get<MaintenanceWindows>();
        var window = Window();

        await windows.InsertAsync(window, Token);
        var planned = Assert.Single((await ReadAsync()).Maintenance);
        Assert.Equal(("Maintenance of staging", "We move.", MaintenancePhase.Scheduled, 1), (planned.Title, planned.Notice, planned.Phase, planned.Sequence));

        Assert.True(await windows.CancelAsync(window.Id, "Tess", "6b04da488268d8871e3b1aff", Token));
        var cancelled = Assert.Single((await ReadAsync()).Maintenance);
        Assert.Equal((planned.Id, MaintenancePhase.Cancelled), (cancelled.Id, cancelled.Phase));
        Assert.True(cancelled.Sequence > planned.Sequence);
    }

    [Fact]
    public async Task Nothing_of_the_inside_is_in_it()
    {
        await _ground.Alerts.FailAsync("d1-secret-deployment");
        await _ground.Alerts.SweepAsync();
        var alert = (await _ground.Alerts.OpenAsync())[0];
        var incident = IncidentGround.Of(await _ground.Book.OpenFromAlertAsync(alert.Id, "tess@example.org", Token));
        await _ground.Book.NoteAsync(incident.Id, "n1", "The host db-7.internal is full.", "tess@example.org", Token);
        await _ground.Book.AssignAsync(incident.Id, "Incident commander", "Tess Inside", Token);
        await _ground.Book.UpdateAsync(incident.Id, "u1", UpdateStatus.Identified, "We know the cause.", components: null, "tess@example.org", Token);
        await _ground.Alerts.Engine.Get<MaintenanceWindows>().InsertAsync(Window(), Token);

        var told = JsonSerializer.Serialize(await ReadAsync());

        Assert.Contains("We know the cause.", told, StringComparison.Ordinal);
        Assert.All(
            ["d1-secret-deployment", alert.Id, alert.Message, "example.org", "db-7.internal", "Tess Inside", "127.0.0.1", Window().Id, Window().Title, "a reason", _ground.Alerts.Ground.Settings.TargetDatabase],
            secret => Assert.DoesNotContain(secret, told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_older_incident_than_the_page_shows_is_found_and_what_is_no_name_is_not_looked_for()
    {
        var old = (await _ground.OpenAsync()).Id;
        await _ground.Book.ResolveAsync(old, "Over.", "Tess", Token);
        for (var number = 0; number < StatusReader.PastShown; number++)
        {
            _ground.Time.Advance(TimeSpan.FromMinutes(1));
            await _ground.Book.ResolveAsync((await _ground.OpenAsync()).Id, "Over.", "Tess", Token);
        }

        Assert.Null((await ReadAsync()).Find(old));
        Assert.Equal(old, (await Board.FindAsync(old, Token))?.Id);
        Assert.Null(await Board.FindAsync("../../secret", Token));
        Assert.Null(await Board.FindAsync(IncidentId.New(), Token));
    }

    private async Task<StatusSnapshot> ReadAsync()
    {
        var view = Assert.IsType<StatusView>(await Board.ReadAsync(Token));
        Assert.False(view.IsAway);
        return view.Snapshot;
    }

    private MaintenanceWindow Window() => new()
    {
        Id = "6b04da488268d8871e3b1aec",
        Environment = "staging",
        Title = "New hosts for the team",
        Notice = "We\u0001 move.",
        Start = _ground.Time.GetUtcNow().AddHours(1),
        End = _ground.Time.GetUtcNow().AddHours(2),
        State = WindowState.Planned,
        Actor = "Tess",
        Reason = "a reason",
        RunIds = ["6b04da488268d8871e3b1aec"],
    };
}
