using Bunit;
using Dashboard.Components.Overview;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Overview;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Overview;

public sealed class BoardPanelTests : ScreenContext
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly IReadOnlyList<TimeSpan> Windows = [TimeSpan.FromHours(1), TimeSpan.FromHours(24), Week];

    [Fact]
    public void Shows_each_number_with_its_verdict_and_its_arithmetic()
    {
        var panel = RenderPanel(new Board([new BoardNumber(ChartMetric.DeploymentSuccessRate, Rate(0.5))], [], Week, Windows, TimeSpan.FromSeconds(30)));

        Assert.Equal("50 %", panel.Find(".numbers strong").TextContent);
        Assert.Contains("Missed", panel.Find(".numbers dd").TextContent, StringComparison.Ordinal);
        Assert.Equal("Good ones ÷ all = 1 ÷ 2.", panel.Find(".numbers dd").GetAttribute("title"));
        Assert.Empty(panel.FindAll("canvas"));
    }

    [Fact]
    public void Draws_lines_bars_and_gauges_as_the_configuration_asks()
    {
        var panel = RenderPanel(new Board(
            [],
            [
                Chart(ChartType.Line, ChartMetric.DeploymentSuccessRate, "Deployment success rate", TimeSpan.FromHours(24)),
                Chart(ChartType.Bar, ChartMetric.DeploymentDuration, "Average deployment time", TimeSpan.FromDays(7)),
                new BoardChart(new ChartRequest(ChartType.Gauge, ChartMetric.HealthCheckStatus, TimeSpan.FromHours(24), new GaugeThresholds(0.9, 0.5, 0.1)), "Health checks", "%", [], 0.6),
            ],
            Week, Windows, TimeSpan.FromSeconds(30)));

        Assert.Equal(
            [
                "Deployment success rate, 24 h: 1 values from 5.0 to 5.0 %, the latest 5.0 %.",
                "Average deployment time, 7 days: 1 values from 5.0 to 5.0 %, the latest 5.0 %.",
                "Health checks: 60 %, warning. Good from 90 %, critical below 50 %, failing below 10 %.",
            ],
            panel.FindAll("canvas").Select(canvas => canvas.GetAttribute("aria-label")));
    }

    [Fact]
    public void Asks_for_the_numbers_of_another_time()
    {
        TimeSpan? asked = null;
        var panel = Render<BoardPanel>(parameters => parameters
            .Add(shown => shown.Board, new Board([], [], Week, Windows, TimeSpan.FromSeconds(30))).Add(shown => shown.OnWindow, window => asked = window));

        Assert.Equal(["1 h", "24 h", "7 days"], panel.FindAll("option").Select(option => option.TextContent));
        Assert.Equal("168", panel.Find("select").GetAttribute("value"));
        panel.Find("select").Change("24");

        Assert.Equal(TimeSpan.FromHours(24), asked);
    }

    [Fact]
    public void Says_when_a_chart_has_no_values()
    {
        var chart = Chart(ChartType.Line, ChartMetric.ErrorRate, "Error rate", TimeSpan.FromHours(24)) with { Points = [] };

        var panel = RenderPanel(new Board([], [chart], Week, Windows, TimeSpan.FromSeconds(30)));

        Assert.Equal("No values yet", panel.Find(".chart-none").TextContent);
        Assert.Empty(panel.FindAll("details"));
    }

    private IRenderedComponent<BoardPanel> RenderPanel(Board board) => Render<BoardPanel>(parameters => parameters.Add(shown => shown.Board, board));

    private static BoardChart Chart(ChartType type, ChartMetric metric, string title, TimeSpan range) =>
        new(new ChartRequest(type, metric, range, Thresholds: null), title, "%", [new SeriesPoint(Samples.Now, 5)], Share: null);

    private static Figure Rate(double? value) => new()
    {
        Name = FigureNames.SuccessRate,
        Title = "Success rate",
        Unit = "ratio",
        Formula = "Good ones ÷ all",
        Numerator = 1,
        Denominator = 2,
        Value = value,
        Targets = [new Target(0.95, IsUpper: false, "runbook")],
    };
}
