using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using Dashboard.Components.Plans;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Components.Plans;

public sealed partial class PlanDialogTests : ScreenContext
{
    private static readonly PlanAsk Undo = PlanAsks.Undo(Samples.Kept());
    private static readonly PlanAsk Restore = PlanAsks.Restore(Samples.Backup());
    private int _closed;

    private BunitNavigationManager Navigation => Services.GetRequiredService<BunitNavigationManager>();

    [Fact]
    public void Shows_checks_steps_what_is_not_undone_the_way_back_and_the_expected_time()
    {
        Desk.Preview = new PlanPreview(Samples.Plan(checks: [new("Lease", PlanVerdict.Passed, "It is free."), new("Application", PlanVerdict.Warning, "It is running.")]));

        var dialog = Open(Undo);

        Assert.Equal("Undo the restore of staging", dialog.Find("h2").TextContent);
        Assert.Contains("It changes dnd and takes about 2 min 10 s", Text(dialog.Find(".plan")), StringComparison.Ordinal);
        Assert.Equal(["Warning Application It is running.", "Passed Lease It is free."], dialog.FindAll(".plan-checks li").Select(Text));
        Assert.Equal(["Write a safety backup: about 12,000,000 bytes", "Swap 8 collections of dnd"], dialog.FindAll(".plan-steps li").Select(step => string.Join(": ", step.ChildNodes.Select(part => part.TextContent.Trim()).Where(part => part.Length > 0))));
        Assert.Contains("What is written between now and the swap is lost.", dialog.Find(".plan").TextContent, StringComparison.Ordinal);
        Assert.Contains("Press Undo within 7 days.", dialog.Find(".plan").TextContent, StringComparison.Ordinal);
        Assert.Equal("""{"run":"6b04da488268d8871e3b1aec"}""", Assert.Single(Desk.Previewed).Request!.ToJsonString());
        Assert.Empty(Desk.Started);
    }

    [Fact]
    public void Says_that_the_plan_is_being_made()
    {
        Desk.Hold = new TaskCompletionSource();

        var dialog = Open(Undo);

        Assert.Contains("Making the plan …", dialog.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.True(Submit(dialog).HasAttribute("disabled"));
    }

    [Fact]
    public void Is_a_modal_dialogue_that_is_named_and_begins_at_its_title()
    {
        var dialog = Open(Undo);

        var element = dialog.Find("dialog");
        Assert.True(element.HasAttribute("data-modal"));
        Assert.Equal(dialog.Find("h2").Id, element.GetAttribute("aria-labelledby"));
        Assert.True(dialog.Find("h2").HasAttribute("autofocus"));
        Assert.Equal("-1", dialog.Find("h2").GetAttribute("tabindex"));
    }

    [Fact]
    public void The_button_waits_for_the_reason_and_the_exact_name()
    {
        Desk.Preview = new PlanPreview(Samples.Plan());
        var dialog = Open(Undo);
        Assert.True(Submit(dialog).HasAttribute("disabled"));

        dialog.Find("#plan-typed").Input("DND");
        dialog.Find("#plan-reason").Input("wrong data");
        Assert.True(Submit(dialog).HasAttribute("disabled"));

        dialog.Find("#plan-typed").Input("dnd");
        Assert.False(Submit(dialog).HasAttribute("disabled"));

        dialog.Find("#plan-reason").Input("  ");
        Assert.True(Submit(dialog).HasAttribute("disabled"));
    }

    [Fact]
    public async Task Sends_what_was_confirmed_and_leads_to_the_run()
    {
        var plan = Samples.Plan();
        (Desk.Preview, Desk.Intake) = (new PlanPreview(plan), new IntakeResult.Accepted(Samples.Run(RunState.Queued)));
        var dialog = Open(Undo);

        await ConfirmAsync(dialog);

        var press = Assert.Single(Desk.Presses);
        Assert.Equal(("undo-restore", "staging", "wrong data", "dnd", plan.Hash), (press.Operation, press.Environment, press.Reason, press.Confirm, press.PlanHash));
        Assert.EndsWith("/runs/6b04da488268d8871e3b1aec", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_click_while_the_first_is_on_its_way_starts_nothing()
    {
        (Desk.Preview, Desk.Intake) = (new PlanPreview(Samples.Plan()), new IntakeResult.Accepted(Samples.Run(RunState.Queued)));
        var dialog = Open(Undo);
        dialog.Find("#plan-reason").Input("wrong data");
        dialog.Find("#plan-typed").Input("dnd");
        Desk.Hold = new TaskCompletionSource();
        var form = dialog.Find("form");

        var first = form.SubmitAsync();
        Assert.True(Submit(dialog).HasAttribute("disabled"));
        var second = form.SubmitAsync();
        Desk.Hold.SetResult();
        await Task.WhenAll(first, second);

        Assert.Single(Desk.Presses);
        Assert.True(Submit(dialog).HasAttribute("disabled"));
        Assert.True(Submit(dialog).HasAttribute("data-once"));
    }

    [Fact]
    public async Task A_changed_plan_is_shown_anew_with_what_changed_and_has_to_be_confirmed_again()
    {
        Desk.Preview = new PlanPreview(Samples.Plan());
        var changed = Samples.Plan() with { Steps = [new PlanStep("Swap 9 collections of dnd")] };
        Desk.Intake = new IntakeResult.Unconfirmed(changed, ["The world has changed."]);
        var dialog = Open(Undo);

        await ConfirmAsync(dialog);

        var alert = dialog.Find("[role=alert]");
        Assert.Contains("nothing was started", alert.TextContent, StringComparison.Ordinal);
        Assert.Equal(
            ["No longer Step: Write a safety backup", "No longer Step: Swap 8 collections of dnd", "Now Step: Swap 9 collections of dnd"],
            dialog.FindAll(".plan-changes li").Select(Text));
        Assert.Contains("Swap 9 collections", dialog.Find(".plan-steps").TextContent, StringComparison.Ordinal);
        Assert.Equal(string.Empty, dialog.Find("#plan-typed").GetAttribute("value"));
        Assert.True(Submit(dialog).HasAttribute("disabled"));

        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued));
        await ConfirmAsync(dialog);
        Assert.Equal(changed.Hash, Desk.Presses[^1].PlanHash);
    }

    [Fact]
    public async Task The_answers_to_a_restore_go_into_its_plan_and_each_says_what_it_leads_to()
    {
        Desk.Preview = new PlanPreview(Samples.Plan());
        var dialog = Open(Restore);
        Assert.All(dialog.FindAll(".field input[role=switch], #plan-field-targetDatabase"), input =>
            Assert.NotEmpty(dialog.Find($"#{input.GetAttribute("aria-describedby")}").TextContent));

        await dialog.Find("#plan-field-targetDatabase").ChangeAsync(new ChangeEventArgs { Value = " staging-restore-test " });
        await dialog.Find("#plan-field-allowUnproven").ChangeAsync(new ChangeEventArgs { Value = true });
        await dialog.Find("#plan-field-verify").ChangeAsync(new ChangeEventArgs { Value = false });
        await dialog.Find("#plan-environment").ChangeAsync(new ChangeEventArgs { Value = "production" });

        var press = Desk.Previewed[^1];
        Assert.Equal("production", press.Environment);
        Assert.Equal(
            """{"archive":"backup-staging-20261123-090000.gz","targetDatabase":"staging-restore-test","allowUnproven":true,"verify":false}""",
            press.Request!.ToJsonString());
        Assert.Equal("""{"archive":"backup-staging-20261123-090000.gz"}""", Desk.Previewed[0].Request!.ToJsonString());
        Assert.Empty(dialog.FindAll(".plan-changes"));
    }

    [Fact]
    public async Task An_answer_that_comes_late_does_not_overwrite_a_newer_one()
    {
        var slow = new TaskCompletionSource();
        (Desk.Hold, Desk.Preview) = (slow, new PlanPreview(Samples.Plan("newest")));
        var dialog = Open(Restore);
        Desk.Hold = null;

        await dialog.Find("#plan-field-targetDatabase").ChangeAsync(new ChangeEventArgs { Value = "newest" });
        Desk.Preview = new PlanPreview(Samples.Plan("oldest"));
        slow.SetResult();

        dialog.WaitForAssertion(() => Assert.Contains("It changes newest", Text(dialog.Find(".plan")), StringComparison.Ordinal));
        Assert.DoesNotContain("oldest", dialog.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_answer_is_told_beside_its_field()
    {
        Desk.Preview = new PlanPreview(Refusal: new IntakeResult.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["targetDatabase"] = ["No dots."] }));

        var dialog = Open(Restore);
        Assert.Empty(dialog.Find(".field-row").QuerySelectorAll("[role=alert]"));
        Assert.Contains("as soon as the questions above are answered", dialog.Markup, StringComparison.Ordinal);

        dialog.Find("#plan-field-targetDatabase").Change("a.b");

        Assert.Equal("No dots.", Text(dialog.Find("#plan-field-targetDatabase").ParentElement!.QuerySelector("[role=alert]")!));
        Assert.True(Submit(dialog).HasAttribute("disabled"));
    }

    [Fact]
    public async Task What_is_missing_is_told_once_the_field_was_answered_or_the_button_pressed()
    {
        Desk.Preview = new PlanPreview(Refusal: new IntakeResult.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["title"] = ["Say what it is for."],
            ["start"] = ["Say when it starts."],
        }));
        var dialog = Open(PlanAsks.PlanWindow(new MaintenanceNow("staging", "Staging", Open: null)));
        Assert.Empty(dialog.FindAll("[role=alert]"));

        await dialog.Find("#plan-field-title").ChangeAsync(new ChangeEventArgs { Value = " " });
        Assert.Equal(["Say what it is for."], dialog.FindAll("[role=alert]").Select(Text));

        await dialog.Find("form").SubmitAsync();
        Assert.Equal(["Say what it is for.", "Say when it starts."], dialog.FindAll("[role=alert]").Select(Text));
        Assert.True(Submit(dialog).HasAttribute("disabled"));
        Assert.Empty(Desk.Presses);
    }

    [Fact]
    public void What_the_dialogue_does_not_ask_for_is_told_at_once()
    {
        Desk.Preview = new PlanPreview(Refusal: new IntakeResult.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["title"] = ["Say what it is for."],
            ["other"] = ["It is wrong."],
        }));

        var dialog = Open(PlanAsks.PlanWindow(new MaintenanceNow("staging", "Staging", Open: null)));

        Assert.Equal("It is wrong.", Text(Assert.Single(dialog.FindAll("[role=alert]"))));
    }

    [Fact]
    public async Task A_dry_run_is_one_button_that_needs_no_confirmation()
    {
        (Desk.Preview, Desk.Intake) = (new PlanPreview(Samples.Plan()), new IntakeResult.Accepted(Samples.Run(RunState.Queued)));
        var dialog = Open(Restore);

        await Button(dialog, "Dry run").ClickAsync();

        var press = Assert.Single(Desk.Presses);
        Assert.Null(press.Confirm);
        Assert.True(press.Request!["dryRun"]!.GetValue<bool>());
        Assert.EndsWith("/runs/6b04da488268d8871e3b1aec", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_needs_no_plan_says_so_and_starts_with_the_button_alone()
    {
        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued));
        var dialog = Open(PlanAsks.Prune("staging", "Staging"));
        Assert.Contains("No backup is due.", dialog.Markup, StringComparison.Ordinal);

        await dialog.Find("form").SubmitAsync();

        Assert.Equal(("prune-backups", null), (Assert.Single(Desk.Presses).Operation, Desk.Presses[0].PlanHash));
    }

    [Theory]
    [InlineData("Close")]
    [InlineData("Cancel")]
    public async Task Both_ways_out_close_it(string name)
    {
        var dialog = Open(Undo);

        await dialog.FindAll("button").Single(button => button.TextContent.Trim() == name || button.GetAttribute("aria-label") == name).ClickAsync();

        Assert.Equal(1, _closed);
        Assert.Empty(Desk.Started);
    }

    [Fact]
    public async Task Escape_closes_it_as_the_browser_tells()
    {
        var dialog = Open(Undo);

        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);

        Assert.Equal(1, _closed);
    }

    private static string Text(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static IElement Submit(IRenderedComponent<PlanDialog> dialog) => dialog.Find("button[type=submit]");

    private static IElement Button(IRenderedComponent<PlanDialog> dialog, string text) => dialog.FindAll("button").Single(button => button.TextContent.Trim() == text);

    private static async Task ConfirmAsync(IRenderedComponent<PlanDialog> dialog)
    {
        Confirm(dialog);
        await dialog.Find("form").SubmitAsync();
    }

    private IRenderedComponent<PlanDialog> Open(PlanAsk ask) =>
        Render<PlanDialog>(parameters => parameters.Add(shown => shown.Ask, ask).Add(shown => shown.OnClosed, () => _closed++));
}
