using Bunit;
using Dashboard.Components.Charts;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Charts;

public sealed class LineChartTests : ScreenContext
{
    private static readonly IReadOnlyList<ChartPoint> Points = [new(Samples.Now.AddMinutes(-1), 12), new(Samples.Now, 1_480.4)];
    private readonly BunitJSModuleInterop _module;
    private readonly BunitJSModuleInterop _chart;

    public LineChartTests()
    {
        _module = JSInterop.SetupModule("./Components/Charts/LineChart.razor.js");
        _chart = _module.SetupModule("create", _ => true);
        _chart.SetupVoid("show", _ => true).SetVoidResult();
        _chart.SetupVoid("destroy").SetVoidResult();
    }

    [Fact]
    public void Draws_the_points_as_one_list_in_milliseconds()
    {
        RenderChart(Points);

        var call = Assert.Single(_chart.Invocations["show"]);
        var drawn = Assert.IsType<DrawnPoints>(Assert.Single(call.Arguments));
        Assert.Equal([new(Samples.Now.AddMinutes(-1).ToUnixTimeMilliseconds(), 12), new(Samples.Now.ToUnixTimeMilliseconds(), 1_480.4)], drawn.Points);
    }

    [Fact]
    public void Tells_the_module_the_unit_once()
    {
        var chart = RenderChart(Points);
        chart.Render();

        var call = Assert.Single(_module.Invocations["create"]);
        Assert.Equal(["line", "ms"], call.Arguments.Skip(1).Take(2));
    }

    [Fact]
    public void Draws_again_only_when_the_points_have_changed()
    {
        var chart = RenderChart(Points);
        chart.Render(parameters => parameters.Add(shown => shown.Points, [.. Points]));
        Assert.Single(_chart.Invocations["show"]);

        chart.Render(parameters => parameters.Add(shown => shown.Points, [.. Points, new(Samples.Now.AddMinutes(1), 9)]));

        Assert.Equal(2, _chart.Invocations["show"].Count);
    }

    [Fact]
    public void Has_the_same_numbers_in_words_and_in_a_table()
    {
        var chart = RenderChart(Points);

        Assert.Equal("Response time: 2 values from 12 to 1,480 ms, the latest 1,480 ms.", chart.Find("canvas").GetAttribute("aria-label"));
        Assert.Equal(["1,480", "12"], chart.FindAll("tbody tr").Select(row => row.Children[1].TextContent));
        Assert.Equal("details", chart.Find("table").ParentElement!.LocalName);
    }

    [Fact]
    public void Says_when_there_is_nothing_to_draw()
    {
        var chart = RenderChart([]);

        Assert.Equal("Response time: no values.", chart.Find("canvas").GetAttribute("aria-label"));
        Assert.Empty(_chart.Invocations["show"]);
    }

    [Fact]
    public async Task Destroys_the_chart_when_it_goes()
    {
        RenderChart(Points);

        await DisposeComponentsAsync();

        Assert.Single(_chart.Invocations["destroy"]);
    }

    [Fact]
    public void Encodes_what_it_is_told_to_show()
    {
        var chart = Render<LineChart>(parameters => parameters.Add(shown => shown.Label, "<script>x</script>").Add(shown => shown.Unit, "ms").Add(shown => shown.Points, Points));

        Assert.Empty(chart.FindAll("script"));
    }

    private IRenderedComponent<LineChart> RenderChart(IReadOnlyList<ChartPoint> points) =>
        Render<LineChart>(parameters => parameters.Add(shown => shown.Label, "Response time").Add(shown => shown.Unit, "ms").Add(shown => shown.Points, points));
}
