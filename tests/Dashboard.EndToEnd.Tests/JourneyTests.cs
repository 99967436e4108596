using Dashboard.Operations.Backups;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Playwright;
using MongoDB.Bson;
using MongoDB.Driver;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>A person at the screen, on one running product.</summary>
public sealed class JourneyTests(RunningProduct product, Browser browser, MongoFixture mongo) : IClassFixture<RunningProduct>
{
    private ProductProcess Product => product.Process;

    private ProductFolder Folder => product.Folder;

    [Fact]
    public async Task Backs_up_with_one_click_and_the_genuine_mongorestore_restores_it()
    {
        var (page, complaints) = await browser.OpenAsync(Product.Address);
        var card = Card(page, "Production");
        await Expect(card).ToContainTextAsync("Healthy");

        await card.GetByRole(AriaRole.Button, new() { Name = "Back up" }).ClickAsync();
        var started = await Eventually.FoundAsync(
            async () => (await Product.GetAsync("api/runs?environment=production&operation=create-backup&limit=1")).AsArray() is [{ } run] ? run["id"]!.GetValue<string>() : null,
            "the button's run is stored");
        await page.Locator($"a[href$='runs/{started}']").First.ClickAsync();

        await Expect(page).ToHaveURLAsync(new Uri(Product.Address, $"runs/{started}").ToString());
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("Write the archive");
        await Expect(page.Locator(".outcome")).ToContainTextAsync("8 collections, 8,303 documents, ", new() { Timeout = 30_000 });
        var manifest = Assert.Single(new BackupFolder(Folder.Backups).List("production"));
        await ArchiveProof.AssertWholeAsync(Path.Combine(Folder.Backups, manifest.Archive), manifest, TestContext.Current.CancellationToken);
        Assert.Equal(manifest.Archive, Path.GetFileName(File.ResolveLinkTarget(Path.Combine(Folder.Backups, "backup-production-latest.gz"), returnFinalTarget: true)!.FullName));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder.Backups));
        await AssertRestoresAsync(manifest);

        await page.GotoAsync(Product.Address.ToString());
        await Expect(Card(page, "Production")).ToContainTextAsync("8,303 documents");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Checks_health_with_the_keyboard_while_a_second_page_looks_on()
    {
        var (page, _) = await browser.OpenAsync(Product.Address);
        var (other, _) = await browser.OpenAsync(new Uri(Product.Address, "runs"));
        var button = Card(page, "Staging").GetByRole(AriaRole.Button, new() { Name = "Check health" });
        await Expect(button).ToBeEnabledAsync();

        await button.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("main")).ToContainTextAsync("Staging is healthy: all 4 checks passed");
        await Expect(other.Locator("main")).ToContainTextAsync("Staging is healthy: all 4 checks passed");
        await page.Context.CloseAsync();
        await other.Context.CloseAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Has_no_serious_barrier_and_does_not_scroll_sideways(ColorScheme scheme, int width)
    {
        var run = await Product.StartBackupAsync("staging");
        await Product.EndOfAsync(run);
        var (page, complaints) = await browser.OpenAsync(Product.Address, scheme, width);
        foreach (var path in new[] { "", "runs", $"runs/{run}" })
        {
            await page.GotoAsync(new Uri(Product.Address, path).ToString());
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await Expect(page.Locator("main")).ToContainTextAsync("taging");

            await Barriers.AssertNoneAsync(page, $"/{path} at {width}");
        }

        Assert.Empty(complaints);
        await Picture.TakeAsync(page, new Uri(Product.Address, $"runs/{run}"), "run", scheme, width);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Says_what_is_wrong_with_an_address_that_leads_nowhere()
    {
        var (page, _) = await browser.OpenAsync(new Uri(Product.Address, "runs/000000000000000000000000"));

        await Expect(page.Locator("main")).ToContainTextAsync("There is no run");
        await page.Context.CloseAsync();
    }

    private static ILocator Card(IPage page, string title) => page.GetByRole(AriaRole.Region, new() { Name = title });

    private async Task AssertRestoresAsync(BackupManifest manifest)
    {
        var token = TestContext.Current.CancellationToken;
        await using var restored = mongo.NewDatabase("restored");
        await MongoTools.RunAsync(
            await MongoTools.RestoreAsync(token),
            ["--uri", mongo.ConnectionString, "--gzip", $"--archive={Path.Combine(Folder.Backups, manifest.Archive)}", "--nsFrom", $"{manifest.Database}.*", "--nsTo", $"{restored.Name}.*"],
            token);

        var source = Folder.Production.Database;
        foreach (var collection in manifest.Collections)
        {
            var (before, after) = (await ReadAsync(source, collection.Name), await ReadAsync(restored.Database, collection.Name));
            Assert.Equal(collection.Documents, before.Count);
            Assert.True(before.SequenceEqual(after), $"{collection.Name} differs");
            Assert.Equal(await IndexesAsync(source, collection.Name), await IndexesAsync(restored.Database, collection.Name));
        }
    }

    private static async Task<List<BsonDocument>> ReadAsync(IMongoDatabase database, string collection) =>
        await database.GetCollection<BsonDocument>(collection).Find("{}").Sort("{ _id: 1 }").ToListAsync(TestContext.Current.CancellationToken);

    private static async Task<string> IndexesAsync(IMongoDatabase database, string collection)
    {
        var indexes = await (await database.GetCollection<BsonDocument>(collection).Indexes.ListAsync(TestContext.Current.CancellationToken)).ToListAsync(TestContext.Current.CancellationToken);
        return string.Join('\n', indexes.Select(index => $"{index["name"]} {index["key"]} {index.GetValue("unique", false)} {index.GetValue("expireAfterSeconds", BsonNull.Value)}").Order(StringComparer.Ordinal));
    }
}
