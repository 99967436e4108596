using Bunit;
using Dashboard.Components.Charts;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Charts;

public sealed class BarChartTests : ScreenContext
{
    [Fact]
    public void Draws_bars_with_the_module_of_the_line_and_has_the_numbers_in_a_table()
    {
        var module = JSInterop.SetupModule("./Components/Charts/LineChart.razor.js");
        var drawn = module.SetupModule("create", _ => true);
        drawn.SetupVoid("show", _ => true).SetVoidResult();

        var chart = Render<BarChart>(parameters => parameters
            .Add(shown => shown.Label, "Deployments").Add(shown => shown.Unit, "deployments").Add(shown => shown.Days, true)
            .Add(shown => shown.Points, [new ChartPoint(Samples.Now.AddDays(-1), 3), new ChartPoint(Samples.Now, 5)]));

        Assert.Equal(["bar", "deployments", 0, true, false], Assert.Single(module.Invocations["create"]).Arguments.Skip(1));
        Assert.Single(drawn.Invocations["show"]);
        Assert.Equal("Deployments: 2 values from 3 to 5 deployments, the latest 5 deployments.", chart.Find("canvas").GetAttribute("aria-label"));
        Assert.Equal(["5", "3"], chart.FindAll("tbody tr").Select(row => row.Children[1].TextContent));
    }
}
