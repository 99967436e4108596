using Bunit;
using Dashboard.Components.Incidents;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Incidents;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Incidents;

public sealed class EscalationPanelTests : ScreenContext
{
    [Fact]
    public void Says_whom_to_call_how_and_when_and_counts_by_itself()
    {
        var panel = Show(Samples.Incident(), Samples.IncidentSettings.Contacts);

        Assert.Equal(["First", "Second", "Third"], Cells(panel, "Contact"));
        Assert.Equal(["Takes it", "Decides", "Databases"], Cells(panel, "Role"));
        Assert.Equal(["Slack @first", "Slack @second", "third@example.org"], Cells(panel, "How to reach"));
        Assert.Equal(["at once", "due since 2 min", "in 3 min"], Cells(panel, "When"));

        Time.Advance(TimeSpan.FromSeconds(150));

        panel.WaitForAssertion(() => Assert.Equal(["at once", "due since 4 min", "in 30 s"], Cells(panel, "When")));
    }

    [Fact]
    public void Of_what_is_over_nobody_is_due()
    {
        var panel = Show(Samples.Incident() with { ResolvedAt = Samples.Now }, Samples.IncidentSettings.Contacts);

        Assert.Equal(["at once", "after 2 min", "after 7 min"], Cells(panel, "When"));
    }

    [Fact]
    public void Says_where_to_list_them_when_there_are_none()
    {
        Assert.Contains("incidents.contacts", Show(Samples.Incident(), []).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_what_the_settings_say_as_text()
    {
        const string Hostile = "<script>alert(1)</script>[a](javascript:alert(1))";

        var panel = Show(Samples.Incident(), [new EscalationContact(Hostile, Hostile, Hostile)]);

        Assert.Empty(panel.FindAll("script, a"));
        Assert.Equal([Hostile], Cells(panel, "How to reach"));
    }

    private IRenderedComponent<EscalationPanel> Show(Incident incident, IReadOnlyList<EscalationContact> contacts) =>
        Render<EscalationPanel>(panel => panel.Add(one => one.Incident, incident).Add(one => one.Contacts, contacts));

    private static List<string> Cells(IRenderedComponent<EscalationPanel> panel, string label) => [.. panel.FindAll($"td[data-label='{label}']").Select(cell => cell.TextContent)];
}
