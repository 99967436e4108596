using Dashboard.Operations.Alerts;
using Dashboard.Operations.Incidents;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Incidents;

public sealed class IncidentBookTests(MongoFixture mongo) : IAsyncLifetime
{
    private IncidentGround _ground = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _ground = await IncidentGround.MakeAsync(mongo);

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task A_form_that_is_sent_twice_opens_one_incident()
    {
        var draft = IncidentGround.Draft();

        var first = await _ground.OpenAsync(draft);
        var second = await _ground.OpenAsync(draft);

        Assert.Equal(first.Updates[0].Id, second.Updates[0].Id);
        Assert.Single(await _ground.Alerts.Engine.Get<IncidentStore>().ListAsync(new IncidentQuery(IsOpen: true, IsPublic: true), Token));
    }

    [Fact]
    public async Task Two_dashboards_open_one_incident_of_one_alert_and_none_of_its_words_are_public()
    {
        var alert = await RaiseAsync();
        var other = _ground.Alerts.NewEngine().Get<IncidentBook>();

        var both = await Task.WhenAll(_ground.Book.OpenFromAlertAsync(alert.Id, "Tess", Token), other.OpenFromAlertAsync(alert.Id, "Ada", Token));

        Assert.Equal(IncidentGround.Of(both[0]).Id, IncidentGround.Of(both[1]).Id);
        var incident = await _ground.StoredAsync(both[0].Incident!.Id);
        Assert.Equal((alert.Id, alert.RaisedAt, IncidentKind.Deployment, "Problem with an update of staging", false), (incident.AlertId, incident.BeganAt, incident.Kind, incident.Title, incident.IsPublic));
        Assert.Contains(alert.Message, Assert.Single(incident.Notes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alert_that_does_not_exist_opens_nothing()
    {
        Assert.Contains("There is no alert 'alert-1'", (await _ground.Book.OpenFromAlertAsync("alert-1", "Tess", Token)).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" ", "staging", "Write a title that the world may read.")]
    [InlineData("A title", "moon", "There is no environment 'moon'; there are staging, production.")]
    public async Task What_cannot_be_opened_says_why(string title, string environment, string why)
    {
        var draft = IncidentGround.Draft() with { Title = title, Components = [new IncidentComponent(environment, ComponentPart.Application, ComponentState.MajorOutage)] };

        Assert.Equal(why, (await _ground.Book.OpenAsync(draft, "Tess", Token)).Problem);
    }

    [Fact]
    public async Task A_title_of_121_letters_no_component_the_same_one_twice_and_a_begin_to_come_are_refused()
    {
        IncidentComponent component = new("staging", ComponentPart.Database, ComponentState.MajorOutage);
        IncidentDraft[] drafts =
        [
            IncidentGround.Draft() with { Title = new string('a', IncidentBook.LongestTitle + 1) },
            IncidentGround.Draft() with { Components = [] },
            IncidentGround.Draft() with { Components = [component, component with { State = ComponentState.Operational }] },
            IncidentGround.Draft() with { BeganAt = _ground.Time.GetUtcNow().AddSeconds(1) },
            IncidentGround.Draft(new string('a', IncidentBook.LongestText + 1)),
            IncidentGround.Draft() with { Id = "../../etc" },
        ];

        foreach (var draft in drafts)
            Assert.NotNull((await _ground.Book.OpenAsync(draft, "Tess", Token)).Problem);

        Assert.Empty(await _ground.Alerts.Engine.Get<IncidentStore>().ListAsync(new IncidentQuery(), Token));
    }

    [Fact]
    public async Task Its_life_is_kept_with_who_did_what_when()
    {
        var id = (await _ground.OpenAsync()).Id;
        _ground.Time.Advance(TimeSpan.FromMinutes(2));
        await _ground.Book.AcknowledgeAsync(id, "Ada", Token);
        await _ground.Book.AcknowledgeAsync(id, "Tess", Token);
        await _ground.Book.DecideAsync(id, EscalationDecision.Investigate, Token);
        await _ground.Book.AssignAsync(id, "Incident commander", "Ada", Token);
        await _ground.Book.UpdateAsync(id, "update000002", UpdateStatus.Identified, "It is the disk.", [new IncidentComponent("staging", ComponentPart.Database, ComponentState.DegradedPerformance)], "Ada", Token);
        _ground.Time.Advance(TimeSpan.FromMinutes(8));
        await _ground.Book.DecideAsync(id, EscalationDecision.RollBack, Token);
        var resolved = IncidentGround.Of(await _ground.Book.ResolveAsync(id, "It is over.", "Ada", Token));

        var stored = await _ground.StoredAsync(id);
        Assert.Equal((resolved.Version, "Ada", EscalationDecision.RollBack), (stored.Version, stored.AcknowledgedBy, stored.Decision));
        Assert.Equal(stored.OpenedAt.AddMinutes(2), stored.DecidedAt);
        Assert.Equal(stored.OpenedAt.AddMinutes(10), stored.ResolvedAt);
        Assert.Equal([UpdateStatus.Investigating, UpdateStatus.Identified, UpdateStatus.Resolved], stored.Updates.Select(update => update.Status));
        Assert.Equal(ComponentState.Operational, Assert.Single(stored.Components).State);
        Assert.Equal(new IncidentRole("Incident commander", "Ada"), Assert.Single(stored.Roles));
    }

    [Fact]
    public async Task What_is_pressed_twice_is_done_once_and_what_is_resolved_stays_so()
    {
        var id = (await _ground.OpenAsync()).Id;
        for (var times = 0; times < 2; times++)
        {
            await _ground.Book.UpdateAsync(id, "update000002", UpdateStatus.Monitoring, "Better.", components: null, "Tess", Token);
            await _ground.Book.NoteAsync(id, "note00000001", "The disk was full.", "Tess", Token);
            await _ground.Book.ResolveAsync(id, "Over.", "Tess", Token);
        }

        var late = await _ground.Book.UpdateAsync(id, "update000003", UpdateStatus.Identified, "No, it is not.", components: null, "Tess", Token);

        Assert.Equal("It was resolved by Tess; add a note, or open another incident.", late.Problem);
        var stored = await _ground.StoredAsync(id);
        Assert.Equal((3, 1, 3), (stored.Updates.Count, stored.Notes.Count, stored.Version));
    }

    [Fact]
    public async Task Twelve_people_who_write_at_once_lose_no_word()
    {
        var id = (await _ground.OpenAsync()).Id;
        var other = _ground.Alerts.NewEngine().Get<IncidentBook>();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => (number % 2 == 0 ? _ground.Book : other).NoteAsync(id, $"note-{number}", $"Note {number}", "Tess", Token)));

        Assert.Equal(Enumerable.Range(0, 12).Select(number => $"Note {number}").Order(StringComparer.Ordinal), (await _ground.StoredAsync(id)).Notes.Select(note => note.Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_world_knows_of_is_not_resolved_without_a_word_to_it()
    {
        var known = await _ground.OpenAsync();
        var own = await _ground.OpenAsync(IncidentGround.Draft(update: null));

        Assert.Equal("The world knows of it: write a last update.", (await _ground.Book.ResolveAsync(known.Id, " ", "Tess", Token)).Problem);
        Assert.False(IncidentGround.Of(await _ground.Book.ResolveAsync(own.Id, null, "Tess", Token)).IsPublic);
    }

    [Fact]
    public async Task Roles_are_those_of_the_settings_in_their_order_and_an_empty_name_takes_one_back()
    {
        var id = (await _ground.OpenAsync()).Id;
        await _ground.Book.AssignAsync(id, "Communication", "Tess", Token);
        await _ground.Book.AssignAsync(id, "Incident commander", "Ada", Token);
        await _ground.Book.AssignAsync(id, "Operations", "Max", Token);
        await _ground.Book.AssignAsync(id, "Operations", " ", Token);

        Assert.Equal([new("Incident commander", "Ada"), new IncidentRole("Communication", "Tess")], (await _ground.StoredAsync(id)).Roles);
        Assert.Equal("There is no role 'Cook'; there are Incident commander, Operations, Communication.", (await _ground.Book.AssignAsync(id, "Cook", "Max", Token)).Problem);
    }

    [Fact]
    public async Task A_role_that_is_configured_no_more_is_still_shown_and_can_be_taken_back()
    {
        var id = (await _ground.OpenAsync()).Id;
        await _ground.Alerts.Engine.Database.Incidents.UpdateOneAsync(one => one.Id == id, Builders<Incident>.Update.Set(one => one.Roles, [new IncidentRole("Lead", "Ada")]), cancellationToken: Token);
        await _ground.Book.AssignAsync(id, "Operations", "Max", Token);

        Assert.Equal(["Operations", "Lead"], (await _ground.StoredAsync(id)).Roles.Select(role => role.Task));
        Assert.Equal("Max", Assert.Single(IncidentGround.Of(await _ground.Book.AssignAsync(id, "Lead", person: null, Token)).Roles).Person);
    }

    [Fact]
    public async Task Text_is_kept_without_what_a_feed_cannot_hold()
    {
        var incident = await _ground.OpenAsync(IncidentGround.Draft("A\u0000\u0001B\r\nC\ud800\uffff\u2028<script>") with { Title = " two\nlines\u0007 " });

        var stored = await _ground.StoredAsync(incident.Id);

        Assert.Equal(("two lines", "AB\nC\n<script>"), (stored.Title, stored.Updates[0].Body));
    }

    [Fact]
    public async Task Every_change_is_told_and_what_changes_nothing_is_not()
    {
        var told = 0;
        _ground.Book.Changed += () => told++;

        var id = (await _ground.OpenAsync()).Id;
        await _ground.Book.AcknowledgeAsync(id, "Tess", Token);
        await _ground.Book.AcknowledgeAsync(id, "Tess", Token);
        await _ground.Book.NoteAsync("000000000000", "n", "Lost", "Tess", Token);

        Assert.Equal(2, told);
    }

    private async Task<Alert> RaiseAsync()
    {
        await _ground.Alerts.FailAsync("d1");
        await _ground.Alerts.SweepAsync();
        return (await _ground.Alerts.OpenAsync()).First(alert => alert.Rule == "phase-failed");
    }
}
