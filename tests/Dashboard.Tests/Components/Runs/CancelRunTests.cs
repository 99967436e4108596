using Bunit;
using Dashboard.Components.Runs;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Runs;

public sealed class CancelRunTests : ScreenContext
{
    private Run? _asked;

    [Fact]
    public async Task One_click_asks_and_hands_the_run_on()
    {
        Desk.Runs.Add(Samples.Run());
        var cancel = RenderCancel(Samples.Run());

        await cancel.Find("button").ClickAsync();

        Assert.Equal(["6b04da488268d8871e3b1aec"], Desk.Cancelled);
        Assert.Equal("local operator", _asked?.CancelRequestedBy);
    }

    [Theory]
    [InlineData(StepStop.Now, "stops this step at once", false)]
    [InlineData(StepStop.AfterStep, "when this step has ended", false)]
    [InlineData(StepStop.Never, "can no longer be cancelled", true)]
    public void Says_what_a_cancel_would_do_in_the_current_step(StepStop stop, string words, bool disabled)
    {
        var cancel = RenderCancel(Samples.Run() with { Steps = [Samples.Step(stop: stop)] });

        Assert.Contains(words, cancel.Find(".hint").TextContent, StringComparison.Ordinal);
        Assert.Equal(disabled, cancel.Find("button").HasAttribute("disabled"));
    }

    [Fact]
    public void Shows_who_has_asked_already_instead_of_the_button()
    {
        var cancel = RenderCancel(Samples.Run() with { CancelRequestedBy = "grace" });

        Assert.Contains("Cancel asked for by grace", cancel.Markup, StringComparison.Ordinal);
        Assert.Empty(cancel.FindAll("button"));
    }

    [Fact]
    public void A_queued_run_ends_at_once() =>
        Assert.Contains("a cancel ends it at once", RenderCancel(Samples.Run(RunState.Queued)).Markup, StringComparison.Ordinal);

    [Fact]
    public void A_run_that_has_ended_has_no_button() => Assert.Empty(RenderCancel(Samples.Run(RunState.Succeeded)).Markup.Trim());

    [Fact]
    public async Task Says_when_the_cancel_could_not_be_asked_for()
    {
        Desk.IsAway = true;
        var cancel = RenderCancel(Samples.Run());

        await cancel.Find("button").ClickAsync();

        Assert.Contains("The cancel was not asked for", cancel.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.False(cancel.Find("button").HasAttribute("disabled"));
    }

    private IRenderedComponent<CancelRun> RenderCancel(Run run) =>
        Render<CancelRun>(parameters => parameters.Add(shown => shown.Run, run).Add(shown => shown.OnAsked, asked => _asked = asked));
}
