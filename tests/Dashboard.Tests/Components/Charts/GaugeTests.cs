using Bunit;
using Dashboard.Components.Charts;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Charts;

public sealed class GaugeTests : ScreenContext
{
    private readonly BunitJSModuleInterop _chart;

    public GaugeTests()
    {
        _chart = JSInterop.SetupModule("./Components/Charts/Gauge.razor.js").SetupModule("create", _ => true);
        _chart.SetupVoid("show", _ => true).SetVoidResult();
        _chart.SetupVoid("destroy").SetVoidResult();
    }

    [Theory]
    [InlineData(1.0, "100 %", "Good", "good")]
    [InlineData(0.95, "95 %", "Good", "good")]
    [InlineData(0.94999, "94.99 %", "Warning", "caution")]
    [InlineData(0.8, "80 %", "Warning", "caution")]
    [InlineData(0.5, "50 %", "Critical", "bad")]
    [InlineData(0.0, "0 %", "Failing", "bad")]
    public void Says_in_a_word_how_good_the_share_is(double share, string text, string word, string grade)
    {
        var gauge = RenderGauge(share);

        Assert.Equal(text, gauge.Find(".gauge-value strong").TextContent);
        Assert.Contains(word, gauge.Find(".gauge-value .state").TextContent, StringComparison.Ordinal);
        Assert.Equal(new Gauge.Level(share, grade), Assert.Single(Assert.Single(_chart.Invocations["show"]).Arguments));
    }

    [Fact]
    public void What_is_not_known_is_not_drawn_as_nothing()
    {
        var gauge = RenderGauge(null);

        Assert.Equal("Checks: unknown. Good from 95 %, critical below 80 %, failing below 50 %.", gauge.Find("canvas").GetAttribute("aria-label"));
        Assert.Equal("–", gauge.Find(".gauge-value strong").TextContent);
    }

    [Fact]
    public void Draws_again_only_when_the_share_has_changed()
    {
        var gauge = RenderGauge(0.9);
        gauge.Render();
        Assert.Single(_chart.Invocations["show"]);

        gauge.Render(parameters => parameters.Add(shown => shown.Share, 0.91));

        Assert.Equal(2, _chart.Invocations["show"].Count);
    }

    [Fact]
    public async Task Destroys_the_chart_when_it_goes()
    {
        RenderGauge(0.9);

        await DisposeComponentsAsync();

        Assert.Single(_chart.Invocations["destroy"]);
    }

    private IRenderedComponent<Gauge> RenderGauge(double? share) => Render<Gauge>(parameters => parameters.Add(shown => shown.Label, "Checks").Add(shown => shown.Share, share));
}
