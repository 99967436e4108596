using Dashboard.Testing.Mongo;
using Microsoft.Playwright;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The README's screenshots, made anew when SCREENSHOTS=1 says so.</summary>
internal static class Picture
{
    public static async Task TakeAsync(IPage page, Uri address, string runId, ColorScheme scheme, int width)
    {
#pragma warning disable RS0030 // A test program's configuration is its environment.
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") != "1")
            return;
#pragma warning restore RS0030
        var suffix = (scheme, width) switch
        {
            (ColorScheme.Dark, _) => "-dark",
            (_, < 600) => "-phone",
            _ => string.Empty,
        };
        await TakeAsync(page, address, $"overview{suffix}.png");
        await TakeAsync(page, new Uri(address, $"runs/{runId}"), $"run{suffix}.png");
    }

    private static async Task TakeAsync(IPage page, Uri address, string name)
    {
        await page.GotoAsync(address.ToString());
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Repository.Root, "docs", "screenshots", name) });
    }
}
