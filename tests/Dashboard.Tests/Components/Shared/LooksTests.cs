using Bunit;
using Dashboard.Components.Runs;
using Dashboard.Components.Shared;
using Dashboard.Operations.Health;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using MudBlazor;

namespace Dashboard.Tests.Components.Shared;

public sealed class LooksTests : ScreenContext
{
    [Theory]
    [InlineData(HealthState.Healthy, "Healthy")]
    [InlineData(HealthState.Degraded, "Degraded")]
    [InlineData(HealthState.Down, "Down")]
    [InlineData(HealthState.Unknown, "Unknown")]
    public void Health_is_a_word_and_an_icon(HealthState state, string word)
    {
        var mark = Render<HealthMark>(parameters => parameters.Add(shown => shown.State, state));

        Assert.Equal(word, mark.Find(".state").TextContent.Trim());
        Assert.Equal("true", mark.Find("svg").GetAttribute("aria-hidden"));
    }

    [Fact]
    public void Every_state_of_a_run_is_a_word_of_its_own_and_an_icon()
    {
        var words = Enum.GetValues<RunState>()
            .Select(state => Render<RunStateMark>(parameters => parameters.Add(shown => shown.State, state)))
            .Select(mark => (Word: mark.Find(".state").TextContent.Trim(), Icon: mark.Find("svg").InnerHtml))
            .ToList();

        Assert.Equal(["Queued", "Running", "Succeeded", "Failed", "Cancelled", "Interrupted"], words.Select(mark => mark.Word));
        Assert.Equal(6, words.Select(mark => mark.Icon).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_mark_carries_the_text_it_is_given()
    {
        var mark = Render<StateMark>(parameters => parameters
            .Add(shown => shown.Icon, Icons.Material.Outlined.Info)
            .Add(shown => shown.Text, "3 pending")
            .Add(shown => shown.Tone, Tone.Caution));

        Assert.Equal("3 pending", mark.Find(".state").TextContent.Trim());
        Assert.Single(mark.FindAll("svg"));
    }

    [Fact]
    public void Loading_is_announced_as_a_status() =>
        Assert.Contains("Loading the runs", Render<LoadingLook>(parameters => parameters.Add(look => look.Text, "Loading the runs …")).Find("[role=status]").TextContent, StringComparison.Ordinal);

    [Fact]
    public void Empty_says_what_is_not_there_and_what_to_do()
    {
        var look = Render<EmptyLook>(parameters => parameters.Add(shown => shown.Title, "Nothing has run yet.").AddChildContent("Press Back up."));

        Assert.Contains("Nothing has run yet.", look.Markup, StringComparison.Ordinal);
        Assert.Contains("Press Back up.", look.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_is_an_alert_and_tries_again_when_asked()
    {
        var retries = 0;
        var look = Render<FailedLook>(parameters => parameters
            .Add(shown => shown.Title, "The runs cannot be shown now")
            .Add(shown => shown.Problem, "The database is away.")
            .Add(shown => shown.OnRetry, () => retries++));

        await look.Find("button").ClickAsync();

        Assert.Contains("The database is away.", look.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(1, retries);
    }

    [Fact]
    public void Failed_tries_again_by_itself_until_it_goes_away()
    {
        var retries = 0;
        var look = Render<FailedLook>(parameters => parameters
            .Add(shown => shown.Title, "The runs cannot be shown now")
            .Add(shown => shown.Problem, "The database is away.")
            .Add(shown => shown.Again, TimeSpan.FromSeconds(5))
            .Add(shown => shown.OnRetry, () => retries++));

        Time.Advance(TimeSpan.FromSeconds(5));

        look.WaitForAssertion(() => Assert.Equal(1, retries));
        Assert.Contains("by itself every 5 s", look.Markup, StringComparison.Ordinal);
    }
}
