using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>What somebody does on a Monday: looks at the week, downloads its events, writes down what to remember.</summary>
public sealed class WeeklyPageTests(RunningProduct product, Browser browser) : IClassFixture<RunningProduct>
{
    private ProductProcess Product => product.Process;

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Has_no_serious_barrier(ColorScheme scheme, int width)
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "weekly"), scheme, width);
        await Expect(page.Locator(".week-head")).ToContainTextAsync("UTC");
        await Expect(page.Locator("canvas")).ToHaveCountAsync(3);

        Assert.True(await page.EvaluateAsync<bool>("() => [...document.querySelectorAll('.targets')].every(table => table.scrollWidth <= table.parentElement.clientWidth)"), "A table of figures is wider than its place.");
        await Barriers.AssertNoneAsync(page, $"/weekly at {width}");
        Assert.Empty(complaints);
        await Picture.TakeAsync(page, new Uri(Product.Address, "weekly"), "weekly", scheme, width);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(false, 60)]
    [InlineData(true, 24 * 60)]
    public async Task A_chart_of_a_single_value_spans_a_time_that_says_something(bool days, double minutes)
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "weekly"), ColorScheme.Light, 1440);
        await Expect(page.Locator("canvas")).ToHaveCountAsync(3);

        var spans = await page.EvaluateAsync<double[]>(
            """
            async days => {
                const { create } = await import('/Components/Charts/LineChart.razor.js');
                const canvas = document.body.appendChild(document.createElement('canvas'));
                const chart = create(canvas, 'line', 'ms', 0, days, false);
                const spanOf = points => { chart.show({ points }); const { min, max } = Chart.getChart(canvas).scales.x; return (max - min) / 60000; };
                const now = Date.now();
                return [spanOf([{ x: now, y: 3 }]), spanOf([{ x: now, y: 3 }, { x: now + 600000, y: 4 }])];
            }
            """,
            days);

        Assert.Equal([minutes, 10], spans);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Shows_a_posted_deployment_gives_it_as_CSV_and_keeps_a_note()
    {
        foreach (var (phase, status) in new[] { ("validation", "started"), ("verification", "success") })
        {
            var metric = new JsonObject { ["action"] = "metric", ["data"] = new JsonObject { ["environment"] = "staging", ["deploymentId"] = "of-the-browser", ["phase"] = phase, ["status"] = status } };
            await Product.PostAsync("api/monitoring/deployment", metric);
        }

        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "weekly"), ColorScheme.Light, 1440);
        await page.GetByLabel("The week after").ClickAsync();
        await Expect(page.Locator(".week-head")).ToContainTextAsync("Not over yet");
        var rate = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Success rate" }).First;
        await Expect(rate).ToContainTextAsync("100 %");
        await Expect(rate).ToContainTextAsync("Met");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByText("Download CSV").ClickAsync());
        var csv = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.StartsWith("timestamp,environment,deploymentId,phase,status,duration,error", csv, StringComparison.Ordinal);
        Assert.Contains(",staging,of-the-browser,verification,success,,", csv, StringComparison.Ordinal);

        await page.GetByLabel("What should be remembered of this week").FillAsync("The first week with figures.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add note" }).ClickAsync();
        await Expect(page.Locator(".note-text")).ToContainTextAsync("The first week with figures.");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
