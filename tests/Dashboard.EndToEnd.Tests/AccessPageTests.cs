using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>Signing in and out, accounts, tokens and the trail, as people meet them in a browser.</summary>
public sealed partial class AccessPageTests(RunningProduct product, Browser browser) : IClassFixture<RunningProduct>
{
    private const string Password = "heavy rain over the old mill";

    private ProductProcess Product => product.Process;

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Has_no_serious_barrier_and_does_not_scroll_sideways(ColorScheme scheme, int width)
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "access"), scheme, width);
        foreach (var path in new[] { "access", "audit", "configuration", "account", "approvals" })
        {
            await page.GotoAsync(new Uri(Product.Address, path).ToString());
            await Expect(page.Locator("main .panel").First).ToBeVisibleAsync();
            await Barriers.AssertNoneAsync(page, $"/{path} at {width}");
            await Picture.TakeAsync(page, path, scheme, width);
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
        (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "runs"), scheme, width, isSignedIn: false);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await Barriers.AssertNoneAsync(page, $"/sign-in at {width}");
        await Picture.TakeAsync(page, "sign-in", scheme, width);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("hangfire", "Jobs")]
    [InlineData("hangfire/recurring", "Recurring")]
    [InlineData("api/docs/", "D&D Tracker operations")]
    public async Task Shows_the_pages_of_its_libraries_under_its_own_content_policy(string path, string text)
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, path));

        await Expect(page.Locator("body")).ToContainTextAsync(text);
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Lets_an_account_in_by_its_password_and_code_and_only_where_its_role_leads()
    {
        await MakeAccountAsync("Tess", "operator");
        var (page, _) = await browser.OpenAsync(new Uri(Product.Address, "runs"), isSignedIn: false);

        await SignInAsync(page, "Tess", "something else entirely");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Name, password or code is wrong");
        await SignInAsync(page, "Tess", Password);
        await Expect(page).ToHaveURLAsync(new Uri(Product.Address, "runs").ToString());
        await Expect(page.Locator(".who")).ToContainTextAsync("Tess");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Audit trail" })).ToHaveCountAsync(0);
        await page.GotoAsync(new Uri(Product.Address, "access").ToString());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Not for this account" })).ToBeVisibleAsync();

        await page.GotoAsync(new Uri(Product.Address, "account").ToString());
        var factor = page.GetByRole(AriaRole.Region, new() { Name = "Second factor" });
        await Barriers.RestAsync(page);
        await factor.GetByLabel("Your password").FillAsync(Password);
        await factor.GetByRole(AriaRole.Button, new() { Name = "Set up a second factor" }).ClickAsync();
        var secret = await page.Locator("[data-secret]").InnerTextAsync();
        await page.GetByLabel("The code that the app shows").FillAsync(CodeOf(secret));
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch it on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Recovery codes, shown this once" })).ToBeVisibleAsync();
        var recovery = await page.Locator("section:has(#codes-title) li").First.InnerTextAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();

        await SignInAsync(page, "Tess", Password);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Give the code of your second factor, too.");
        await SignInAsync(page, "Tess", Password, recovery);
        await Expect(page.Locator(".who")).ToContainTextAsync("Tess");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Closes_an_open_page_when_its_sign_in_is_ended_elsewhere_and_leaves_a_viewer_no_button()
    {
        await MakeAccountAsync("Vi", "viewer");
        var (page, _) = await browser.OpenAsync(new Uri(Product.Address, "backups"), isSignedIn: false);
        await SignInAsync(page, "Vi", Password);
        await Expect(page.Locator(".who")).ToContainTextAsync("Vi");
        await Barriers.RestAsync(page);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Back up", Exact = true }).First).ToBeDisabledAsync();

        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(new Uri(Product.Address, "runs").ToString());
        await other.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Makes_a_token_that_a_script_uses_until_it_is_revoked_and_shows_it_all_in_the_trail()
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "access"));
        var form = page.GetByRole(AriaRole.Form, new() { Name = "New token" });
        await form.GetByLabel("What uses it").FillAsync("<b>deploy</b> script");
        await form.GetByRole(AriaRole.Button, new() { Name = "Make token" }).ClickAsync();
        var token = await page.Locator("[data-token]").InnerTextAsync();

        using var script = new HttpClient { BaseAddress = Product.Address, DefaultRequestHeaders = { { "Authorization", $"Bearer {token}" } } };
        using var started = await script.PostAsync(new Uri("api/operations/check-health", UriKind.Relative), new StringContent("""{"environment":"staging","reason":"a script"}""", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, started.StatusCode);
        await page.Locator("tr", new() { HasText = "<b>deploy</b> script" }).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Expect(page.Locator("main p[role=status]")).ToContainTextAsync("opens nothing any more");
        using var after = await script.GetAsync(new Uri("api/runs", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, after.StatusCode);

        await page.GotoAsync(new Uri(Product.Address, "audit?action=check-health").ToString());
        await Expect(page.Locator("main tbody")).ToContainTextAsync("<b>deploy</b> script");
        await Expect(page.Locator("main tbody")).ToContainTextAsync("a script");
        await page.GotoAsync(new Uri(Product.Address, "audit?action=sign-in&actor=local+operator").ToString());
        await Expect(page.Locator("main tbody tr").First).ToContainTextAsync("not signed in, a button");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private async Task MakeAccountAsync(string name, string role)
    {
        var (page, _) = await browser.OpenAsync(new Uri(Product.Address, "access"));
        var form = page.GetByRole(AriaRole.Form, new() { Name = "New account" });
        await Barriers.RestAsync(page);
        await form.GetByLabel("Name").FillAsync(name);
        await form.GetByLabel("First password").FillAsync(Password);
        await form.GetByLabel("Role").SelectOptionAsync(new SelectOptionValue { Label = role });
        await form.GetByRole(AriaRole.Button, new() { Name = "Make account" }).ClickAsync();
        await Expect(page.Locator("main p[role=status]")).ToContainTextAsync($"{name} may sign in.");
        await page.Context.CloseAsync();
    }

    private static async Task SignInAsync(IPage page, string name, string password, string? code = null)
    {
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.Locator("#code").FillAsync(code ?? string.Empty);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    private static string CodeOf(string secret) => new Totp(Base32Encoding.ToBytes(Spaces().Replace(secret, string.Empty))).ComputeTotp();

    [GeneratedRegex(@"\s", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
