using Dashboard.Testing.Mongo;
using Microsoft.Playwright;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The README's screenshots, made anew when SCREENSHOTS=1 says so.</summary>
internal static class Picture
{
#pragma warning disable RS0030 // A test program's configuration is its environment.
    private static bool IsWanted { get; } = Environment.GetEnvironmentVariable("SCREENSHOTS") == "1";
#pragma warning restore RS0030

    /// <summary>Goes to an address and takes it.</summary>
    public static async Task TakeAsync(IPage page, Uri address, string name, ColorScheme scheme, int width)
    {
        if (!IsWanted)
            return;
        await page.GotoAsync(address.ToString());
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Assertions.Expect(page.Locator(".look-loading")).ToHaveCountAsync(0);
        await page.WaitForFunctionAsync("[...document.querySelectorAll('canvas')].every(canvas => canvas.style.display === 'block')");
        await TakeAsync(page, name, scheme, width);
    }

    /// <summary>Takes the beginning of the page that is on the screen.</summary>
    public static async Task TakeAsync(IPage page, string name, ColorScheme scheme, int width)
    {
        if (!IsWanted)
            return;

        // A test has scrolled to what it pressed.
        await page.EvaluateAsync("scrollTo(0, 0)");
        var suffix = (scheme, width) switch
        {
            (ColorScheme.Dark, _) => "-dark",
            (_, < 600) => "-phone",
            _ => string.Empty,
        };
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Repository.Root, "docs", "screenshots", $"{name}{suffix}.png") });
    }
}
