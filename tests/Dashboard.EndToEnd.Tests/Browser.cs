using Dashboard.Testing;
using Microsoft.Playwright;

namespace Dashboard.EndToEnd.Tests;

/// <summary>One Chromium for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(20_000); // A page that is live only after seconds is a slow machine, not a fault.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Find(),
            Args = Chromium.Arguments,
        });
    }

    /// <summary>A fresh profile, signed in where the product has a sign-in; scripts' errors, refused resources and what is asked of other hosts end up in the list.</summary>
    public async Task<(IPage Page, List<string> Complaints)> OpenAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1440, bool isSignedIn = true)
    {
        var context = await (_browser ?? throw new InvalidOperationException("The browser has not been started."))
            .NewContextAsync(new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 1000 }, ReducedMotion = ReducedMotion.Reduce });
        if (isSignedIn && ProductProcess.Sessions.TryGetValue(address.Authority, out var session))
            await context.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = session.Name, Value = session.Value, Url = address.GetLeftPart(UriPartial.Authority), HttpOnly = true, SameSite = SameSiteAttribute.Strict }]);
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                complaints.Add(message.Text);
        };
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https", IsLoopback: false } other)
                complaints.Add($"asks {other}");
            if (request.Url.Contains("/_blazor/negotiate", StringComparison.Ordinal))
                complaints.Add("asks for its circuit in two steps, which may come to two machines behind one address");
        };
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(address.ToString());
        return (page, complaints);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
