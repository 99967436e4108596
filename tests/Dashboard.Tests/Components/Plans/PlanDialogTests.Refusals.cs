using Bunit;
using Dashboard.Components.Plans;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Components.Plans;

/// <summary>What keeps a plan from being carried out, and how the dialogue says so.</summary>
public sealed partial class PlanDialogTests
{
    [Fact]
    public void What_is_blocked_says_why_and_cannot_be_confirmed()
    {
        Desk.Preview = new PlanPreview(Samples.Plan(checks: [new("Kept", PlanVerdict.Blocked, "It was kept until yesterday.")]));

        var dialog = Open(Undo);

        Assert.Contains("Kept: It was kept until yesterday.", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(dialog.FindAll("#plan-typed"));
        Assert.True(Submit(dialog).HasAttribute("disabled"));
    }

    [Fact]
    public async Task What_is_blocked_at_the_last_moment_shows_the_new_plan()
    {
        Desk.Preview = new PlanPreview(Samples.Plan());
        Desk.Intake = new IntakeResult.Blocked(Samples.Plan(checks: [new("Kept", PlanVerdict.Blocked, "It is gone.")]));
        var dialog = Open(Undo);

        await ConfirmAsync(dialog);

        Assert.Contains(dialog.FindAll("[role=alert]"), alert => alert.TextContent.Contains("Kept: It is gone.", StringComparison.Ordinal));
        Assert.True(Submit(dialog).HasAttribute("disabled"));
    }

    [Fact]
    public async Task A_held_environment_is_named_before_and_refused_with_a_link()
    {
        Desk.Preview = new PlanPreview(Samples.Plan(), Samples.Lease());
        Desk.Intake = new IntakeResult.LeaseHeld(Samples.Lease());
        var dialog = Open(Undo);
        Assert.Contains("staging is held by Restore of grace until that run ends.", dialog.FindAll("p.hint").Select(Text));

        await ConfirmAsync(dialog);

        var alert = dialog.Find("[role=alert]");
        Assert.Contains(Samples.Lease().Sentence, alert.TextContent, StringComparison.Ordinal);
        Assert.Equal("runs/6b04da488268d8871e3b1aff", alert.QuerySelector("a")!.GetAttribute("href"));
        Assert.False(Submit(dialog).HasAttribute("disabled"));
    }

    [Fact]
    public async Task A_lost_answer_does_not_claim_that_nothing_was_started()
    {
        Desk.Preview = new PlanPreview(Samples.Plan());
        var dialog = Open(Undo);
        dialog.Find("#plan-reason").Input("wrong data");
        dialog.Find("#plan-typed").Input("dnd");
        Desk.IsAway = true;

        await dialog.Find("form").SubmitAsync();

        Assert.Contains("Whether it was started is not known", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("wrong data", dialog.Find("#plan-reason").GetAttribute("value"));
    }

    [Fact]
    public async Task Says_why_there_is_no_plan_and_tries_again_on_demand()
    {
        (Desk.IsAway, Desk.Preview) = (true, new PlanPreview(Samples.Plan()));
        var dialog = Open(Undo);
        Assert.Contains("There is no plan", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        Desk.IsAway = false;
        await Button(dialog, "Try again").ClickAsync();

        Assert.Empty(dialog.FindAll("[role=alert]"));
        Assert.Single(dialog.FindAll(".plan"));
    }

    [Fact]
    public async Task Looking_again_compares_with_what_was_read()
    {
        Desk.Preview = new PlanPreview(Samples.Plan());
        var dialog = Open(Undo);
        dialog.Find("#plan-typed").Input("dnd");

        Desk.Preview = new PlanPreview(Samples.Plan() with { Undo = "There is no way back." });
        await Button(dialog, "Look again").ClickAsync();

        Assert.Equal(["No longer How to get back: Press Undo within 7 days.", "Now How to get back: There is no way back."], dialog.FindAll(".plan-changes li").Select(Text));
        Assert.Equal(string.Empty, dialog.Find("#plan-typed").GetAttribute("value"));
    }
}
