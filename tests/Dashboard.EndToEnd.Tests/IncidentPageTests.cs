using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>What the team does when something is wrong, and what the world reads of it meanwhile.</summary>
public sealed class IncidentPageTests(RunningProduct product, Browser browser) : IClassFixture<RunningProduct>
{
    private const int MostBytes = 50_000;

    /// <summary>Of the page and whatever it loads, uncompressed.</summary>
    private const string AllBytes = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, one) => sum + one.decodedBodySize, 0)";

    private ProductProcess Product => product.Process;

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task The_status_page_is_small_needs_no_script_and_has_no_serious_barrier(ColorScheme scheme, int width)
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "status"), scheme, width);
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        await Expect(page.Locator(".component")).ToHaveCountAsync(4);
        await Expect(page.Locator("script")).ToHaveCountAsync(0);
        Assert.InRange(await page.EvaluateAsync<int>(AllBytes), 1_000, MostBytes);
        await Barriers.AssertNoneAsync(page, $"/status at {width}");
        Assert.Empty(complaints);
        await Picture.TakeAsync(page, "status", scheme, width);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task The_incidents_have_no_serious_barrier(ColorScheme scheme, int width)
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "incidents"), scheme, width);
        await OpenAsync(page, "Encounters cannot be started", update: null);
        await page.GetByLabel("What is to be done").FillAsync("Watch the disk");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add follow-up" }).ClickAsync();
        await page.GetByLabel("Done: Watch the disk").CheckAsync();
        await Expect(page.Locator("section[aria-labelledby=follow-ups-title]")).ToContainTextAsync("done by");
        await Expect(page.Locator("section[aria-labelledby=escalation-title] tbody tr")).ToHaveCountAsync(4);

        await Barriers.AssertNoneAsync(page, $"an incident at {width}");
        await Picture.TakeAsync(page, "incident", scheme, width);
        await page.GotoAsync(new Uri(Product.Address, "incidents").ToString());
        await Expect(page.Locator("td.result").First).ToBeVisibleAsync();
        await Barriers.AssertNoneAsync(page, $"/incidents at {width}");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Goes_from_the_form_to_the_world_and_to_its_end()
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "incidents"), ColorScheme.Light, 1440);
        var (world, _) = await browser.OpenAsync(new Uri(Product.Address, "status"), ColorScheme.Light, 1440);
        await OpenAsync(page, "Characters cannot be saved", "We look into it.");
        await Expect(page.Locator(".aside", new() { HasText = "opened by" })).ToBeVisibleAsync();

        await world.ReloadAsync();
        await Expect(world.Locator("main")).ToContainTextAsync("Characters cannot be saved");
        await Expect(world.Locator("main")).ToContainTextAsync("We look into it.");
        await Expect(world.Locator(".component").First).ToContainTextAsync("Major outage");

        await page.GetByRole(AriaRole.Button, new() { Name = "I am on it" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("is on it");
        await page.GetByLabel("A note, or the root cause").FillAsync("The <b>disk</b> was full.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add note" }).ClickAsync();
        await Expect(page.Locator("section[aria-labelledby=timeline-title]")).ToContainTextAsync("The <b>disk</b> was full.");

        await page.Locator("section[aria-labelledby=update-title] select").First.SelectOptionAsync("Resolved");
        await page.GetByLabel("What the world reads").FillAsync("Saving works again.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("resolved by");
        await Expect(page.Locator("textarea[readonly]")).ToContainTextAsync("The \\<b\\>disk\\<\\/b\\> was full");

        await world.ReloadAsync();
        await Expect(world.Locator("section[aria-labelledby=past]")).ToContainTextAsync("Characters cannot be saved");
        await Expect(world.Locator("main")).Not.ToContainTextAsync("was full");
        Assert.DoesNotContain("was full", await Product.Http.GetStringAsync(new Uri("api/v2/incidents.json", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
        await world.Context.CloseAsync();
    }

    private static async Task OpenAsync(IPage page, string title, string? update)
    {
        var open = page.GetByRole(AriaRole.Button, new() { Name = "Open incident" });
        await Expect(open).ToBeEnabledAsync();
        await Barriers.RestAsync(page);
        await page.GetByLabel("Title, for everybody").FillAsync(title);
        await page.Locator("fieldset select").First.SelectOptionAsync("MajorOutage");
        if (update is not null)
            await page.Locator("#incident-update").FillAsync(update);
        await open.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(title);
    }
}
