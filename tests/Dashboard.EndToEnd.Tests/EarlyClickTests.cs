using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>Somebody who knows the page clicks before it is live.</summary>
public sealed class EarlyClickTests(RunningProduct product, Browser browser) : IClassFixture<RunningProduct>
{
    /// <summary>Milliseconds after the page's text is there: before, while and after it comes to life.</summary>
    private static readonly int[] Waits = [0, 0, 0, 50, 50, 100, 100, 150, 200, 300, 400, 600];

    [Fact]
    public async Task Shows_the_page_of_the_address_however_early_the_click_was()
    {
        var (page, complaints) = await browser.OpenAsync(product.Process.Address);
        foreach (var wait in Waits)
        {
            await page.GotoAsync(product.Process.Address.ToString());
            await page.WaitForTimeoutAsync(wait);
            await page.EvaluateAsync("document.querySelector('a[href=backups]').click()");
            await Expect(page).ToHaveURLAsync(new Uri(product.Process.Address, "backups").ToString());
            // What the server sent at first is replaced when the page comes to life: that is the moment in which it could become the old one.
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Back up", Exact = true }).First).ToBeEnabledAsync();
            await Expect(page.Locator("h1")).ToHaveTextAsync("Backups");
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
