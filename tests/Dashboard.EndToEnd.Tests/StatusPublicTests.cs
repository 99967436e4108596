using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>How the status page gets out: by mail, with the form and the buttons in a real browser, and as files.</summary>
public sealed partial class StatusPublicTests(MongoFixture mongo, Browser browser) : IAsyncDisposable
{
    private readonly ProductFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_visitor_subscribes_confirms_and_ends_it_with_the_buttons_of_the_pages()
    {
        await using var smtp = await SmtpServer.StartAsync();
        _folder.Change("dashboard.json", registry => registry["statusPage"] = new JsonObject
        {
            ["address"] = "https://status.example.org",
            ["mail"] = new JsonObject { ["from"] = "status@example.org", ["smtp"] = new JsonObject { ["host"] = "127.0.0.1", ["port"] = smtp.Port } },
        });
        await using var product = await ProductProcess.ServeAsync(_folder, mongo.ConnectionString);
        var (page, complaints) = await browser.OpenAsync(new Uri(product.Address, "status"), width: 390);
        await Barriers.AssertNoneAsync(page, "/status with its form");

        await page.GetByLabel("Your address").FillAsync("ada@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mail me updates" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Look into your mailbox" })).ToBeVisibleAsync();

        await Eventually.TrueAsync(() => smtp.Mails.Count == 1, "the question is mailed");
        await page.GotoAsync(new Uri(product.Address, Link().Match(smtp.Mails[0]).Groups["path"].Value).ToString());
        await Barriers.AssertNoneAsync(page, "the question's page");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, mail me" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "You are subscribed" })).ToBeVisibleAsync();

        await page.GotoAsync(new Uri(product.Address, "status/unsubscribe?t=whatever").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "End it" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No more mails" })).ToBeVisibleAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_copy_is_read_from_its_files_with_no_dashboard_running()
    {
        var site = Path.Combine(_folder.Path, "below", "site");
        var written = await CommandRun.DoAsync(_folder, ["status", "export", "--out", site, "--address", "https://static.example/below/site/"]);
        Assert.Equal((0, $"23 files are in {site}; begin with index.html.\n"), (written.ExitCode, written.Output));
        Assert.Contains("\"url\":\"https://static.example/below/site/index.html\"", await File.ReadAllTextAsync(Path.Combine(site, "api", "v2", "summary.json"), Token), StringComparison.Ordinal);

        var (page, complaints) = await browser.OpenAsync(new Uri(Path.Combine(site, "index.html")));
        await Expect(page.Locator(".component")).ToHaveCountAsync(4);
        Assert.Equal("flex", await page.Locator(".bars").First.EvaluateAsync<string>("bars => getComputedStyle(bars).display"));
        await page.GetByRole(AriaRole.Link, new() { Name = "D&D Tracker" }).ClickAsync();
        await Expect(page.GetByText("This is a copy")).ToBeVisibleAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();

        Assert.Equal(0, (await CommandRun.DoAsync(_folder, ["status", "export", "--out", site, "--address", "https://static.example/below/site/"])).ExitCode);
    }

    [Theory]
    [InlineData("status export --out site", "Say with --address where the world will read the copy")]
    [InlineData("status export --out site --address nowhere", "--address: 'nowhere' is not an absolute address")]
    [InlineData("status export --out config/dashboard.json --address https://static.example", "--out: 'config/dashboard.json' is a file; name a directory.")]
    [InlineData("status export", "--out")]
    public async Task What_is_not_written_is_said_with_2(string words, string sentence)
    {
        var (exitCode, _, error) = await CommandRun.DoAsync(_folder, words.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"https://status\.example\.org/(?<path>status/confirm\?t=[A-Za-z0-9_-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
