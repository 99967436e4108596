using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>From the overview to one environment, and the original's health path of it.</summary>
public sealed class EnvironmentPageTests(RunningProduct product, Browser browser) : IClassFixture<RunningProduct>
{
    private ProductProcess Product => product.Process;

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Shows_what_every_check_said_and_has_no_serious_barrier(ColorScheme scheme, int width)
    {
        var (page, complaints) = await browser.OpenAsync(Product.Address, scheme, width);
        await page.GetByRole(AriaRole.Link, new() { Name = "Staging", Exact = true }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Uri(Product.Address, "environments/staging").ToString());
        var checks = page.Locator(".checks tbody tr");
        // The machines of a product that has just been started come first.
        await Expect(checks).ToHaveCountAsync(4, new() { Timeout = 90_000 });
        await Expect(checks.First).ToContainTextAsync("200 ok");
        await Expect(page.Locator(".bars-days i")).ToHaveCountAsync(90);
        await Expect(page.Locator(".uptimes")).ToContainTextAsync("100 %", new() { Timeout = 90_000 });
        await Expect(page.Locator("main")).ToContainTextAsync("estimated count of users");
        await Expect(page.Locator(".machines tbody tr")).ToHaveCountAsync(1);

        await Barriers.AssertNoneAsync(page, $"/environments/staging at {width}");
        Assert.Empty(complaints);
        await Picture.TakeAsync(page, new Uri(Product.Address, "environments/staging"), "environment", scheme, width);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Answers_the_original_path_as_the_runbook_asks_it()
    {
        var body = await Product.GetAsync("api/health?environment=staging");

        Assert.Equal(["status", "timestamp", "environment", "version", "database"], body.AsObject().Select(field => field.Key));
        Assert.Equal("ok", body["status"]!.GetValue<string>());
    }
}
