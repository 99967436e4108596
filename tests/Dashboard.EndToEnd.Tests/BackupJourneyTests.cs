using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Microsoft.Playwright;
using MongoDB.Bson;
using MongoDB.Driver;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>A bad night at the screen: a backup, its proof, broken data, the restore by its dialogue, and the way back.</summary>
public sealed class BackupJourneyTests(RunningProduct product, Browser browser) : IClassFixture<RunningProduct>
{
    private const int Patience = 120_000;
    private static readonly string[] Environments = ["staging", "production"];

    private ProductProcess Product => product.Process;

    private IMongoDatabase Production => product.Folder.Production.Database;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proven_backup_brings_broken_data_back_and_the_undo_brings_the_broken_data_back()
    {
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, "backups?environment=production"));
        await TakeAndProveAsync(page);
        var whole = await StateAsync();
        await Production.GetCollection<BsonDocument>("characters").DeleteManyAsync(new BsonDocument("level", new BsonDocument("$gt", 3)), Token);
        await Production.DropCollectionAsync("parties", Token);
        var broken = await StateAsync();
        Assert.NotEqual(whole, broken);

        await page.GetByRole(AriaRole.Button, new() { Name = "Restore…" }).ClickAsync();
        await ConfirmAsync(page, "Restore", "The import broke the characters");
        await Expect(page.Locator(".outcome")).ToContainTextAsync("is entirely the new one", new() { Timeout = Patience });
        Assert.Equal(whole, await StateAsync());
        await Expect(page.GetByText("The plan that was confirmed")).ToBeVisibleAsync();

        await page.GotoAsync(Product.Address.ToString());
        var card = page.GetByRole(AriaRole.Region, new() { Name = "Production" });
        await Expect(card.GetByRole(AriaRole.Note)).ToContainTextAsync("is kept until");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Backups" })).ToContainTextAsync("Last proven restorable:");

        await card.GetByRole(AriaRole.Button, new() { Name = "Undo…" }).ClickAsync();
        await ConfirmAsync(page, "Undo", "The other one after all");
        await Expect(page.Locator(".outcome")).ToContainTextAsync("is entirely what it was before the restore", new() { Timeout = Patience });
        Assert.Equal(broken, await StateAsync());
        await Expect(page.GetByRole(AriaRole.Note)).ToContainTextAsync("before the undo is kept until");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_dialogue_works_by_keyboard_alone_and_gives_the_focus_back()
    {
        await PrepareAsync();
        var archive = Newest("staging").Archive;
        var (page, complaints) = await browser.OpenAsync(new Uri(Product.Address, $"backups/{archive}"));
        var opener = page.GetByRole(AriaRole.Button, new() { Name = "Restore…" });
        await Expect(opener).ToBeEnabledAsync();
        await opener.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToBeFocusedAsync();
        await Expect(dialog).ToContainTextAsync("What happens, in this order", new() { Timeout = Patience });

        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).Not.ToBeAttachedAsync();
        await Expect(opener).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        await dialog.GetByLabel("Database", new() { Exact = true }).FocusAsync();
        await page.Keyboard.TypeAsync($"{Newest("staging").Database}-tried");
        await page.Keyboard.PressAsync("Tab");
        await Expect(dialog).ToContainTextAsync("It changes " + Newest("staging").Database + "-tried", new() { Timeout = Patience });
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Dry run" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("(dry run)", new() { Timeout = Patience });
        await Expect(page.Locator(".outcome")).ToContainTextAsync("Nothing was changed", new() { Timeout = Patience });
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("characters");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_button_that_is_pressed_again_while_nobody_answers_starts_one_run()
    {
        await PrepareAsync();
        var (page, _) = await browser.OpenAsync(new Uri(Product.Address, $"backups/{Newest("staging").Archive}"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore…" }).ClickAsync();
        var button = page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Dry run" });
        await Expect(button).ToBeEnabledAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("What happens, in this order", new() { Timeout = Patience });
        var before = await DryRunsAsync();

        Product.Signal("STOP");
        await button.ClickAsync();
        await Expect(button).ToBeDisabledAsync();
        await button.EvaluateAsync("button => { button.click(); button.click(); }");
        Product.Signal("CONT");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("(dry run)", new() { Timeout = Patience });
        Assert.Equal(before + 1, await DryRunsAsync());
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Has_no_serious_barrier_and_does_not_scroll_sideways(ColorScheme scheme, int width)
    {
        await PrepareAsync();
        var archive = Newest("staging").Archive;
        var (page, complaints) = await browser.OpenAsync(Product.Address, scheme, width);
        foreach (var (path, name) in new[] { (string.Empty, "overview"), ("backups", "backups"), ($"backups/{archive}", "backup") })
        {
            await page.GotoAsync(new Uri(Product.Address, path).ToString());
            await Expect(page.Locator("main")).ToContainTextAsync("taging", new() { Timeout = Patience });
            await Expect(page.Locator(".look-loading")).ToHaveCountAsync(0);
            await Expect(page.Locator("main button:enabled").First).ToBeVisibleAsync(new() { Timeout = Patience });
            await Barriers.AssertNoneAsync(page, $"/{path} at {width}");
            await Picture.TakeAsync(page, new Uri(Product.Address, path), name, scheme, width);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Restore…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("What happens, in this order", new() { Timeout = Patience });
        await Barriers.AssertNoneAsync(page, $"the dialogue at {width}");
        await Picture.TakeAsync(page, "restore", scheme, width);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Says_what_is_wrong_with_an_address_that_leads_nowhere()
    {
        var (page, _) = await browser.OpenAsync(new Uri(Product.Address, "backups/backup-staging-20200101-000000.gz"));

        await Expect(page.Locator("main")).ToContainTextAsync("There is no backup of this name.");
        await page.Context.CloseAsync();
    }

    private async Task TakeAndProveAsync(IPage page)
    {
        var before = new BackupFolder(product.Folder.Backups).List("production").Count;
        var section = page.GetByRole(AriaRole.Region, new() { Name = "Production" });
        await section.GetByRole(AriaRole.Button, new() { Name = "Back up" }).ClickAsync();
        await Expect(section.Locator(".backups tbody tr")).ToHaveCountAsync(before + 1, new() { Timeout = Patience });
        await section.Locator(".backups tbody tr a").First.ClickAsync();
        await Expect(page.Locator(".page-head .rung")).ToContainTextAsync("Archive proven");
        await Expect(page.Locator(".rungs")).ToContainTextAsync("Not yet");

        await page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();

        await Expect(page.Locator(".page-head .rung")).ToContainTextAsync("Compared", new() { Timeout = Patience });
        await Expect(page.Locator(".rungs")).Not.ToContainTextAsync("Not yet");
    }

    private static async Task ConfirmAsync(IPage page, string verb, string reason)
    {
        var dialog = page.GetByRole(AriaRole.Dialog);
        var button = dialog.GetByRole(AriaRole.Button, new() { Name = verb, Exact = true });
        await Expect(dialog).ToContainTextAsync("What happens, in this order", new() { Timeout = Patience });
        await Expect(button).ToBeDisabledAsync();
        await dialog.GetByLabel("Reason").FillAsync(reason);
        var target = await dialog.Locator(".confirm-name").TextContentAsync() ?? string.Empty;
        await dialog.GetByLabel("Type").FillAsync(target.ToUpperInvariant());
        await Expect(button).ToBeDisabledAsync();
        await dialog.GetByLabel("Type").FillAsync(target);
        await Expect(button).ToBeEnabledAsync();
        await button.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(verb, new() { Timeout = Patience });
    }

    /// <summary>Two backups of each environment, the last of them proven: what a page looks like after some days.</summary>
    private async Task PrepareAsync()
    {
        if (new BackupFolder(product.Folder.Backups).List("staging").Count > 1)
            return;
        foreach (var environment in Environments)
        {
            await RunAsync("create-backup", environment);
            await RunAsync("create-backup", environment);
            await RunAsync("verify-backup", environment);
        }
    }

    private async Task RunAsync(string operation, string environment)
    {
        using var body = new StringContent($$"""{"environment":"{{environment}}","reason":"Before the release"}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await Product.Http.PostAsync(new Uri($"api/operations/{operation}", UriKind.Relative), body, Token);
        var run = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token));
        var end = await Product.EndOfAsync(run?["id"]?.GetValue<string>() ?? throw new InvalidOperationException($"{operation} was not accepted: {run}"), seconds: 120);
        Assert.Equal("succeeded", end["state"]!.GetValue<string>());
    }

    private async Task<int> DryRunsAsync() => (await Product.GetAsync("api/runs?environment=staging&operation=restore-backup&limit=100")).AsArray().Count;

    private BackupManifest Newest(string environment) => new BackupFolder(product.Folder.Backups).List(environment)[0];

    /// <summary>How many documents each live collection has, and what the characters are.</summary>
    // Not what is kept beside, and not the list in which MongoDB keeps the views that hold its names.
    private async Task<string> StateAsync()
    {
        var names = (await (await Production.ListCollectionNamesAsync(cancellationToken: Token)).ToListAsync(Token))
            .Where(name => !name.StartsWith("__", StringComparison.Ordinal) && name != "system.views").Order(StringComparer.Ordinal);
        var counts = new List<string>();
        foreach (var name in names)
            counts.Add($"{name} {await Production.GetCollection<BsonDocument>(name).CountDocumentsAsync(new BsonDocument(), cancellationToken: Token)}");
        var characters = await Production.GetCollection<BsonDocument>("characters").Find("{}").Sort("{ _id: 1 }").ToListAsync(Token);
        return $"{string.Join(", ", counts)}; {string.Concat(characters.Select(character => character.ToJson())).GetHashCode(StringComparison.Ordinal)}";
    }
}
