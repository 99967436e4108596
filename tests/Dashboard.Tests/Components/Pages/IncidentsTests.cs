using Bunit;
using Dashboard.Operations.Incidents;
using Dashboard.Tests.Components.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using IncidentsScreen = Dashboard.Components.Pages.Incidents;

namespace Dashboard.Tests.Components.Pages;

public sealed class IncidentsTests : ScreenContext
{
    private static readonly ComponentChoice[] Choices = [new("staging", ComponentPart.Application, "Staging: application"), new("staging", ComponentPart.Database, "Staging: database")];

    [Fact]
    public void Shows_what_is_open_and_what_was()
    {
        var over = Samples.Incident("It was slow") with { Id = "ba9876543210", ResolvedAt = Samples.Now };
        Desk.Incidents = new IncidentPage([Samples.Incident()], [over], HasOlder: true, Choices);

        var page = Render<IncidentsScreen>();

        Assert.Equal(["Characters cannot be saved", "It was slow"], page.FindAll("td.result a").Select(link => link.TextContent));
        Assert.Equal("incidents/0123456789ab", page.Find("td.result a").GetAttribute("href"));
        Assert.Contains("not public", page.Find("td.result").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Older"], page.FindAll("nav.paging a").Select(link => link.TextContent));
    }

    [Fact]
    public void Opens_one_with_what_was_chosen_and_goes_there()
    {
        Desk.Incidents = Desk.Incidents with { Components = Choices };
        Desk.IncidentAnswer = IncidentAnswer.Of(Samples.Incident());
        var page = Render<IncidentsScreen>();

        page.Find("#incident-title").Change("Characters cannot be saved");
        page.Find("input[type=number]").Change("10");
        page.FindAll("fieldset select")[1].Change("MajorOutage");
        page.Find("#incident-update").Input("We look into it.");
        page.Find("form").Submit();

        var draft = Assert.Single(Desk.Drafts);
        Assert.Equal(("Characters cannot be saved", "We look into it.", Samples.Now.AddMinutes(-10)), (draft.Title, draft.Update, draft.BeganAt));
        Assert.Equal(new IncidentComponent("staging", ComponentPart.Database, ComponentState.MajorOutage), Assert.Single(draft.Components));
        Assert.EndsWith("/incidents/0123456789ab", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_why_it_was_not_opened_and_asks_again_for_the_same_one()
    {
        Desk.Incidents = Desk.Incidents with { Components = Choices };
        Desk.IncidentAnswer = IncidentAnswer.Refused("Choose what it touches: at least one component.");
        var page = Render<IncidentsScreen>();

        page.Find("form").Submit();
        Assert.Equal("Choose what it touches: at least one component.", page.Find("form [role=alert]").TextContent);
        page.Find("form").Submit();

        Assert.Equal(Desk.Drafts[0].Id, Desk.Drafts[1].Id);
    }

    [Fact]
    public void Has_its_empty_its_loading_and_its_failed_look()
    {
        Assert.Contains("Nothing is open.", Render<IncidentsScreen>().Markup, StringComparison.Ordinal);
        Desk.IsAway = true;
        Assert.Contains("The incidents cannot be shown now", Render<IncidentsScreen>().Markup, StringComparison.Ordinal);
        Desk.Hold = new TaskCompletionSource();
        Assert.Contains("Loading the incidents …", Render<IncidentsScreen>().Markup, StringComparison.Ordinal);
    }
}
