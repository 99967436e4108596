using System.ServiceModel.Syndication;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;
using Dashboard.StatusPage;
using Ical.Net;

namespace Dashboard.Tests.StatusPage;

/// <summary>The machine forms, read back by the libraries that others read them with.</summary>
public sealed class StatusFormsTests
{
    private const string Address = "https://status.example";
    private static readonly StatusLinks Links = StatusLinks.At(Address);
    private const string Hostile = "a]]></title><script>x</script>\r\nBEGIN:VEVENT\r\nUID:evil\r\n&amp;\";,\\n";

    [Fact]
    public void The_summary_has_what_statuspage_has()
    {
        var snapshot = StatusSamples.Snapshot(open: [StatusSamples.Incident()], past: [StatusSamples.Incident(isOpen: false)], maintenance: [StatusSamples.Window(), StatusSamples.Window(MaintenancePhase.Completed)]);

        var summary = Parse(StatuspageJson.Summary(snapshot, Links));

        Assert.Equal(["page", "components", "incidents", "scheduled_maintenances", "status"], Keys(summary));
        Assert.Equal(["id", "name", "url", "time_zone", "updated_at"], Keys(summary["page"]!));
        Assert.Equal(
            ["id", "page_id", "group_id", "created_at", "updated_at", "group", "name", "description", "position", "status", "showcase", "only_show_if_degraded", "start_date"],
            Keys(summary["components"]![1]!));
        Assert.Equal(
            ["id", "page_id", "name", "status", "impact", "shortlink", "started_at", "created_at", "updated_at", "monitoring_at", "resolved_at", "incident_updates", "components"],
            Keys(Assert.Single(summary["incidents"]!.AsArray())!));
        Assert.Equal("scheduled", Assert.Single(summary["scheduled_maintenances"]!.AsArray())!["status"]!.GetValue<string>());
        Assert.Equal(("major", "Partial System Outage"), (summary["status"]!["indicator"]!.GetValue<string>(), summary["status"]!["description"]!.GetValue<string>()));
    }

    [Fact]
    public void A_group_is_as_bad_as_its_worst_member_and_names_them()
    {
        var environment = new StatusEnvironment("e0", "Environment 0", [StatusSamples.Component(0, "Application"), StatusSamples.Component(0, "Database", ComponentState.MajorOutage)]);

        var components = Parse(StatuspageJson.ComponentsAlone(StatusSamples.Snapshot() with { Environments = [environment] }, Links))["components"]!.AsArray();

        Assert.Equal([("e0", "major_outage"), ("e0-application", "operational"), ("e0-database", "major_outage")], components.Select(one => (one!["id"]!.GetValue<string>(), one["status"]!.GetValue<string>())));
        Assert.Equal(["e0-application", "e0-database"], components[0]!["components"]!.AsArray().Select(one => one!.GetValue<string>()));
        Assert.Equal("e0", components[2]!["group_id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(ComponentState.Operational, "none", "operational")]
    [InlineData(ComponentState.UnderMaintenance, "maintenance", "under_maintenance")]
    [InlineData(ComponentState.DegradedPerformance, "minor", "degraded_performance")]
    [InlineData(ComponentState.PartialOutage, "major", "partial_outage")]
    [InlineData(ComponentState.MajorOutage, "critical", "major_outage")]
    public void One_word_stands_for_all(ComponentState state, string indicator, string word)
    {
        var snapshot = StatusSamples.Snapshot() with { Environments = [new StatusEnvironment("e0", "E", [StatusSamples.Component(0, "Database", state)])] };

        Assert.Equal(indicator, Parse(StatuspageJson.StatusAlone(snapshot, Links))["status"]!["indicator"]!.GetValue<string>());
        Assert.Equal(word, Parse(StatuspageJson.ComponentsAlone(snapshot, Links))["components"]![1]!["status"]!.GetValue<string>());
    }

    [Fact]
    public void Lists_hold_what_their_names_say()
    {
        var (open, past) = (StatusSamples.Incident(), StatusSamples.Incident(isOpen: false));
        var snapshot = StatusSamples.Snapshot(open: [open], past: [past], maintenance: [StatusSamples.Window(), StatusSamples.Window(MaintenancePhase.InProgress), StatusSamples.Window(MaintenancePhase.Cancelled)]);

        Assert.Equal([open.Id, past.Id], Ids(StatuspageJson.IncidentsAlone(snapshot, Links, unresolved: false), "incidents"));
        Assert.Equal([open.Id], Ids(StatuspageJson.IncidentsAlone(snapshot, Links, unresolved: true), "incidents"));
        Assert.Equal([snapshot.Maintenance[1].Id], Ids(StatuspageJson.MaintenancesAlone(snapshot, Links, MaintenancePhase.InProgress), "scheduled_maintenances"));
        Assert.Equal(3, Ids(StatuspageJson.MaintenancesAlone(snapshot, Links, Enum.GetValues<MaintenancePhase>()), "scheduled_maintenances").Count());
    }

    [Fact]
    public void Both_feeds_have_an_entry_for_each_update_under_a_name_that_stays()
    {
        var incident = StatusSamples.Incident();
        var later = incident with { Updates = [new StatusUpdate("new", UpdateStatus.Resolved, "Over.", StatusSamples.Now), .. incident.Updates], Status = UpdateStatus.Resolved };

        foreach (var make in new[] { StatusFeeds.Atom, StatusFeeds.Rss })
        {
            var before = Load(make(StatusSamples.Snapshot(open: [incident], maintenance: [StatusSamples.Window()]), Links)).Items.Select(item => item.Id).ToList();
            var after = Load(make(StatusSamples.Snapshot(past: [later]), Links)).Items.ToList();

            Assert.Equal(3, before.Distinct(StringComparer.Ordinal).Count());
            Assert.Equal([$"urn:dnd-tracker:incident:{incident.Id}:new", .. before.Where(id => id.Contains(":incident:", StringComparison.Ordinal))], after.Select(item => item.Id));
            Assert.Equal($"{Address}/status/incidents/{incident.Id}", after[0].Links[0].Uri.AbsoluteUri);
        }
    }

    [Fact]
    public void Hostile_words_stay_words_in_every_form()
    {
        var snapshot = StatusSamples.Snapshot(open: [StatusSamples.Incident(Hostile)], maintenance: [StatusSamples.Window(notice: Hostile)]);

        Assert.Equal(Hostile, Parse(StatuspageJson.Summary(snapshot, Links))["incidents"]![0]!["name"]!.GetValue<string>());
        Assert.DoesNotContain("<script>", Encoding.UTF8.GetString(StatuspageJson.Summary(snapshot, Links)), StringComparison.Ordinal);
        Assert.All([Load(StatusFeeds.Atom(snapshot, Links)), Load(StatusFeeds.Rss(snapshot, Links))], feed => Assert.Contains(feed.Items, item => item.Title.Text.Contains("</title><script>x</script>", StringComparison.Ordinal)));
        Assert.DoesNotContain("<script>", Encoding.UTF8.GetString(StatusFeeds.Rss(snapshot, Links)), StringComparison.Ordinal);
        var window = Assert.Single(Calendar.Load(Encoding.UTF8.GetString(MaintenanceCalendar.Of(snapshot, Links)))!.Events);
        Assert.StartsWith("maintenance-", window.Uid, StringComparison.Ordinal);
        Assert.Contains("BEGIN:VEVENT", window.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_calendar_keeps_the_name_counts_the_changes_and_says_what_was_cancelled()
    {
        var window = StatusSamples.Window();
        var changed = window with { Phase = MaintenancePhase.Cancelled, Sequence = 3 };

        var (first, second) = (Event(window), Event(changed));

        Assert.Equal((first.Uid, 1, "CONFIRMED"), (second.Uid, first.Sequence, first.Status));
        Assert.Equal((3, "CANCELLED"), (second.Sequence, second.Status));
        Assert.Equal((window.Start.UtcDateTime, window.End.UtcDateTime), (first.Start!.AsUtc, first.End!.AsUtc));
    }

    [Fact]
    public void A_badge_is_a_picture_of_its_words_and_shields_reads_the_same()
    {
        var component = StatusSamples.Component(0, "Database", ComponentState.MajorOutage) with { Environment = "<Prod & \"co\">" };

        var svg = XDocument.Parse(Encoding.UTF8.GetString(StatusBadge.Svg(component)));
        var shields = Parse(StatusBadge.Shields(component));

        Assert.Equal("<Prod & \"co\"> database: major outage", svg.Root!.Attribute("aria-label")!.Value);
        Assert.Equal((1, "<Prod & \"co\"> database", "major outage"), (shields["schemaVersion"]!.GetValue<int>(), shields["label"]!.GetValue<string>(), shields["message"]!.GetValue<string>()));
        Assert.Equal("not measured", Parse(StatusBadge.Shields(StatusSamples.Component(0, "Database", isKnown: false)))["message"]!.GetValue<string>());
    }

    private static Ical.Net.CalendarComponents.CalendarEvent Event(StatusMaintenance window) =>
        Assert.Single(Calendar.Load(Encoding.UTF8.GetString(MaintenanceCalendar.Of(StatusSamples.Snapshot(maintenance: [window]), Links)))!.Events);

    private static SyndicationFeed Load(byte[] bytes)
    {
        using var reader = XmlReader.Create(new MemoryStream(bytes));
        return SyndicationFeed.Load(reader);
    }

    private static JsonNode Parse(byte[] bytes) => JsonNode.Parse(bytes) ?? throw new InvalidOperationException("There is no JSON.");

    private static IEnumerable<string> Keys(JsonNode node) => node.AsObject().Select(field => field.Key);

    private static IEnumerable<string> Ids(byte[] bytes, string list) => Parse(bytes)[list]!.AsArray().Select(one => one!["id"]!.GetValue<string>());
}
