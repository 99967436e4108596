using Dashboard.Testing.Faults;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>Two dashboards, each a process with a volume of its own, on one database.</summary>
public sealed class TwoProcessesTests(Browser browser, MongoFixture mongo)
{
    [Fact]
    public async Task One_that_is_killed_in_the_middle_of_a_run_leaves_the_other_to_end_it_once_and_to_go_on()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        await using var folder = new ProductFolder();
        await using var beside = new ProductFolder(folder);
        await folder.FillProductionAsync(documents: 5_000);
        await using var one = await ProductProcess.ServeAsync(folder, proxy.Through(mongo.ConnectionString));
        proxy.Faults = new ProxyFaults { Bandwidth = 1_000_000 };
        var run = await one.StartBackupAsync("production");
        await Eventually.TrueAsync(() => folder.HalfBackups().Count > 0, "the backup has begun to be written");
        await using var other = await ProductProcess.ServeAsync(beside, mongo.ConnectionString);
        ProductProcess.Sessions[other.Address.Authority] = ProductProcess.Sessions[one.Address.Authority];
        var (page, complaints) = await browser.OpenAsync(new Uri(other.Address, $"runs/{run}"));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeVisibleAsync();

        one.Kill();
        await one.ExitCodeAsync();
        proxy.Faults = ProxyFaults.None;

        Assert.Equal("interrupted", (await other.EndOfAsync(run, seconds: 90))["state"]!.GetValue<string>());
        await Expect(page.Locator("main")).ToContainTextAsync("gave no sign of life until its lease lapsed", new() { Timeout = 90_000 });
        await folder.Production.Database.DropCollectionAsync("aa_noise", TestContext.Current.CancellationToken);
        Assert.Equal("succeeded", (await other.EndOfAsync(await other.StartBackupAsync("production")))["state"]!.GetValue<string>());
        await AssertOnceAsync(other, run);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Sign-in, form, page and circuit each come to whichever is next: nothing that one process alone knows may be needed by the next step.</summary>
    [Fact]
    public async Task Behind_an_address_that_takes_turns_somebody_signs_in_walks_about_backs_up_and_watches_it_end()
    {
        const string Password = "heavy rain over the old mill";
        await using var folder = new ProductFolder();
        await using var beside = new ProductFolder(folder);
        await using var one = await ProductProcess.ServeAsync(folder, mongo.ConnectionString);
        await using var other = await ProductProcess.ServeAsync(beside, mongo.ConnectionString);
        await using var proxy = RoundRobinProxy.Start(one.Address, other.Address);
        Assert.Equal("Tess (operator) is made.\n", (await CommandRun.DoAsync(folder, ["access", "create-account", "Tess", "--role", "operator"], Password)).Output);

        var (page, complaints) = await browser.OpenAsync(proxy.Address, isSignedIn: false);
        await page.GetByLabel("Name").FillAsync("Tess");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page.Locator(".who")).ToContainTextAsync("Tess");
        foreach (var name in new[] { "Deployments", "Backups", "Alerts", "Logs", "Runs" })
        {
            await page.Locator($"a.nav-link[href='{name.ToLowerInvariant()}']").ClickAsync();
            await Expect(page).ToHaveURLAsync(new Uri(proxy.Address, name.ToLowerInvariant()).ToString());
            await page.ReloadAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();
            await Barriers.RestAsync(page);
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "Overview", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Production" }).GetByRole(AriaRole.Button, new() { Name = "Back up" }).ClickAsync();
        var run = await Eventually.FoundAsync(
            async () => (await one.GetAsync("api/runs?environment=production&operation=create-backup&limit=1")).AsArray() is [{ } started] ? started["id"]!.GetValue<string>() : null,
            "the button's run is stored");
        await page.GotoAsync(new Uri(proxy.Address, $"runs/{run}").ToString());

        await Expect(page.Locator("main")).ToContainTextAsync("Succeeded", new() { Timeout = 60_000 });
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("Write the archive");
        Assert.Equal("succeeded", (await other.EndOfAsync(run))["state"]!.GetValue<string>());
        Assert.Single(folder.WholeBackups().Concat(beside.WholeBackups()));
        Assert.All(proxy.Requests, count => Assert.True(count > 20, $"{count} requests came to one of the two."));
        Assert.All(proxy.Sockets, count => Assert.True(count > 0, "No circuit came to one of the two."));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Hangfire had given its job to nobody else, or to somebody who found that it was over.</summary>
    private static async Task AssertOnceAsync(ProductProcess product, string run)
    {
        var ended = await product.GetAsync($"api/runs/{run}");
        Assert.Equal("interrupted", ended["state"]!.GetValue<string>());
        Assert.Single(product.Folder.WholeBackups());
        var audit = (await product.Http.GetStringAsync(new Uri("api/audit", UriKind.Relative), TestContext.Current.CancellationToken)).Split('\n');
        Assert.Equal(2, audit.Count(line => line.Contains(run, StringComparison.Ordinal) && line.Contains("\"create-backup\"", StringComparison.Ordinal)));
    }
}
