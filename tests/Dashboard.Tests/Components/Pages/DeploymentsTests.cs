using Bunit;
using Dashboard.Components.Pages;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Platforms;
using Dashboard.Tests.Components.Support;
using DeploymentsPage = Dashboard.Components.Pages.Deployments;

namespace Dashboard.Tests.Components.Pages;

public sealed class DeploymentsTests : ScreenContext
{
    private static readonly Release Bad = NewRelease("6b04da488268d8871e3b1a02", "1.1.0", ReleaseState.Failed) with { Message = "It went back by itself." };
    private static readonly Release Good = NewRelease("6b04da488268d8871e3b1a01", "1.0.0", ReleaseState.Complete);

    [Fact]
    public void Shows_machines_releases_and_the_way_back_to_each_earlier_good_one()
    {
        Desk.Deployments = [Section() with { Releases = [Bad, Good], Earlier = [Good.Id] }];

        var page = Render<DeploymentsPage>();

        Assert.Contains("version 1.1.0 on 1 machine", page.Find(".panel-head").TextContent, StringComparison.Ordinal);
        Assert.Contains("staging-1", page.Find(".machines tbody tr").TextContent, StringComparison.Ordinal);
        var rows = page.FindAll(".releases tbody tr");
        Assert.Contains("It went back by itself.", rows[0].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Roll back to this", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Roll back to this…", rows[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Asks_for_the_plan_of_that_release()
    {
        Desk.Deployments = [Section() with { Releases = [Bad, Good], Earlier = [Good.Id] }];
        var page = Render<DeploymentsPage>();

        page.FindAll("button").First(button => button.TextContent.Contains("Roll back to this…", StringComparison.Ordinal)).Click();

        var asked = Assert.Single(Desk.Previewed);
        Assert.Equal(("roll-back", "staging", $$"""{"to":"{{Good.Id}}"}"""), (asked.Operation, asked.Environment, asked.Request!.ToJsonString()));
    }

    [Fact]
    public void Offers_the_newest_image_first_and_sends_numbers_as_numbers()
    {
        Desk.Deployments = [Section() with { Images = ["dnd-tracker:1.1.0", "dnd-tracker:1.0.0"] }];
        var page = Render<DeploymentsPage>();

        page.FindAll("button").First(button => button.TextContent.Contains("Deploy…", StringComparison.Ordinal)).Click();
        page.FindAll("button").First(button => button.TextContent.Contains("Scale…", StringComparison.Ordinal)).Click();

        Assert.Equal("""{"image":"dnd-tracker:1.1.0"}""", Desk.Previewed[0].Request!.ToJsonString());
        Assert.Equal("""{"machines":1}""", Desk.Previewed[1].Request!.ToJsonString());
    }

    [Fact]
    public void Shows_the_records_when_the_platform_cannot_be_asked()
    {
        Desk.Deployments = [Section() with { Status = null, Problem = "Fly.io does not answer in time.", Releases = [Good] }];

        var page = Render<DeploymentsPage>();

        Assert.Contains("Fly.io does not answer in time.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll(".releases tbody tr"));
    }

    [Fact]
    public void Says_that_it_loads_that_there_is_nothing_and_that_it_cannot_be_shown()
    {
        Desk.Hold = new TaskCompletionSource();
        Assert.Contains("Loading the deployments …", Render<DeploymentsPage>().Find("[role=status]").TextContent, StringComparison.Ordinal);
        Desk.Hold = null;
        Desk.Deployments = [Section() with { Releases = [] }];
        Assert.Contains("No release is known yet.", Render<DeploymentsPage>().Markup, StringComparison.Ordinal);
        Desk.IsAway = true;
        Assert.Contains("The deployments cannot be shown now", Render<DeploymentsPage>().Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_shows_its_phases_its_reason_and_what_is_different()
    {
        Desk.Release = new ReleaseDetail(
            Bad with
            {
                Events =
                [
                    new(ReleasePhase.Validation, PhaseState.Started, Samples.Now),
                    new(ReleasePhase.Validation, PhaseState.Success, Samples.Now.AddSeconds(2), TimeSpan.FromSeconds(2)),
                    new(ReleasePhase.Deployment, PhaseState.Started, Samples.Now.AddSeconds(2)),
                    new(ReleasePhase.Deployment, PhaseState.Failed, Samples.Now.AddSeconds(8), TimeSpan.FromSeconds(6), "staging-1 is not healthy."),
                ],
                Migrated = ["002"],
            },
            "Staging",
            Good,
            Origin: null,
            CanGoBack: false);

        var page = Render<Deployment>(parameters => parameters.Add(shown => shown.Id, Bad.Id));

        Assert.Equal(["Validation", "Deployment"], page.FindAll(".steps strong").Select(phase => phase.TextContent));
        Assert.Contains("staging-1 is not healthy.", page.Find(".steps").TextContent, StringComparison.Ordinal);
        Assert.Contains("The new release", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Contains("dnd-tracker:1.0.0", page.FindAll(".runs tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Equal($"runs/{Bad.RunId}", page.FindAll(".facts a")[^1].GetAttribute("href"));
    }

    [Fact]
    public void Says_that_there_is_no_such_release()
    {
        Assert.Contains("There is no release of this id.", Render<Deployment>(parameters => parameters.Add(shown => shown.Id, "nothing")).Markup, StringComparison.Ordinal);
    }

    private static DeploymentSection Section() => new(
        "staging",
        "Staging",
        new PlatformStatus(2, "dnd-tracker:1.1.0", "1.1.0", [new Machine("staging-1", MachineState.Healthy, Samples.Now, Note: null, "dnd-tracker:1.1.0", 2)]),
        Problem: null,
        [Good],
        [],
        [],
        Holder: null);

    private static Release NewRelease(string id, string version, ReleaseState state) => new()
    {
        Id = id,
        RunId = id,
        Environment = "staging",
        Kind = ReleaseKind.Deployment,
        State = state,
        Image = $"dnd-tracker:{version}",
        Version = version,
        Number = 1,
        Actor = "ada",
        Reason = "The new release",
        BegunAt = Samples.Now,
        EndedAt = Samples.Now.AddSeconds(9),
    };
}
