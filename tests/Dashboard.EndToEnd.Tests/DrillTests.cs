using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Testing.Mongo;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The incident drill: a bad release is live, health goes red, somebody rolls back. Once in the browser, once by the runbook's scripts alone.</summary>
public sealed class DrillTests(Browser browser, MongoFixture mongo, InstalledScripts installed, ITestOutputHelper output) : IClassFixture<InstalledScripts>
{
    private const float Patience = 60_000;

    [Fact]
    public async Task A_bad_release_is_rolled_back_in_the_browser_and_the_old_version_answers()
    {
        await using var folder = NewFolder();
        await using var product = await ProductProcess.ServeAsync(folder, mongo.ConnectionString);
        AddSourImage(folder);
        var (page, complaints) = await browser.OpenAsync(new Uri(product.Address, "deployments?environment=staging"));
        await ConfirmAsync(page, "Deploy…", "Deploy", "The new release", async dialog =>
        {
            await dialog.GetByLabel("Image", new() { Exact = true }).FillAsync("dnd-tracker:1.5.0");
            await dialog.GetByLabel("Image", new() { Exact = true }).PressAsync("Tab");
            await Expect(dialog).ToContainTextAsync("dnd-tracker:1.5.0 is there", new() { Timeout = Patience });
        });
        await Expect(page.Locator(".outcome")).ToContainTextAsync("Staging runs 1.5.0", new() { Timeout = Patience });

        await page.GotoAsync(new Uri(product.Address, "deployments?environment=staging").ToString());
        await Expect(page.Locator(".machines")).ToContainTextAsync("Unhealthy", new() { Timeout = Patience });
        await Picture.TakeAsync(page, "deployments", ColorScheme.Light, 1440);
        var began = Stopwatch.GetTimestamp();
        await ConfirmAsync(page, "Roll back…", "Roll back", "Health went red", async dialog =>
        {
            await Expect(dialog.Locator(".plan-verdict")).ToHaveTextAsync("App only is safe: no migration ran since.", new() { Timeout = Patience });
            await Picture.TakeAsync(page, "roll-back", ColorScheme.Light, 1440);
        });
        await Expect(page.Locator(".outcome")).ToContainTextAsync("Staging is back at 1.0.0, which answers.", new() { Timeout = Patience });

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"From the click on Roll back… to the old version answering: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s."));
        Assert.Equal("1.0.0", await VersionAsync(folder));
        await page.GotoAsync(new Uri(product.Address, "deployments?environment=staging").ToString());
        await Expect(page.Locator(".releases tbody tr")).ToHaveCountAsync(3);
        await page.Locator(".releases tbody tr a").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("1.0.0");
        await Expect(page.Locator("main")).ToContainTextAsync("Health went red");
        await Barriers.AssertNoneAsync(page, "the release");
        await Picture.TakeAsync(page, "release", ColorScheme.Light, 1440);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task The_pages_of_operations_have_no_serious_barrier(ColorScheme scheme, int width)
    {
        await using var folder = NewFolder();
        await using var product = await ProductProcess.ServeAsync(folder, mongo.ConnectionString);
        var (page, complaints) = await browser.OpenAsync(product.Address, scheme, width);
        foreach (var path in new[] { "deployments", "migrations", "maintenance", "logs", "alerts" })
        {
            await page.GotoAsync(new Uri(product.Address, path).ToString());
            await Expect(page.Locator("main")).ToContainTextAsync("taging", new() { Timeout = Patience });
            await Expect(page.Locator(".look-loading")).ToHaveCountAsync(0);
            await Barriers.AssertNoneAsync(page, $"/{path} at {width}");
            await Picture.TakeAsync(page, path, scheme, width);
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_same_by_the_scripts_alone_while_the_dashboard_is_down()
    {
        await using var folder = NewFolder();
        await using (await ProductProcess.ServeAsync(folder, mongo.ConnectionString))
            AddSourImage(folder);

        var deployed = await RunAsync(folder, "deploy-with-migrations", ["staging"], ("DEPLOY_IMAGE", "dnd-tracker:1.5.0"));
        var planned = await RunAsync(folder, "rollback-deployment", [], ("DEPLOY_ENV", "staging"), ("ROLLBACK_DRY_RUN", "true"));
        var back = await RunAsync(folder, "rollback-deployment", [], ("DEPLOY_ENV", "staging"), ("ROLLBACK_TYPE", "auto"));
        var failed = await RunAsync(folder, "deploy-with-migrations", ["staging"], ("DEPLOY_IMAGE", "dnd-tracker:1.2.0-bad"), ("DEPLOY_TIMEOUT", "4000"));

        Assert.True(deployed.ExitCode == 0, deployed.Text);
        Assert.Contains("Staging runs 1.5.0", deployed.Text, StringComparison.Ordinal);
        Assert.True(planned.ExitCode == 0, planned.Text);
        Assert.Contains("App only is safe: no migration ran since.", planned.Text, StringComparison.Ordinal);
        Assert.Contains("This was a dry run: nothing was done.", planned.Text, StringComparison.Ordinal);
        Assert.True(back.ExitCode == 0, back.Text);
        Assert.Contains("Staging is back at 1.0.0, which answers.", back.Text, StringComparison.Ordinal);
        Assert.True(failed.ExitCode == 1, failed.Text);
        Assert.Contains("dnd-tracker:1.2.0-bad", failed.Text, StringComparison.Ordinal);
        Assert.Empty(folder.LiveProcesses());
    }

    [Fact]
    public async Task Refuses_an_argument_and_a_variable_that_say_different_things()
    {
        await using var folder = NewFolder();

        var refused = await RunAsync(folder, "deploy-with-migrations", ["production"], ("DEPLOY_ENV", "staging"));
        var wrong = await RunAsync(folder, "rollback-deployment", [], ("DEPLOY_ENV", "staging"), ("ROLLBACK_TYPE", "everything"));
        var noSteps = await RunAsync(folder, "rollback-deployment", [], ("DEPLOY_ENV", "staging"), ("ROLLBACK_TYPE", "migration"), ("MIGRATION_STEPS", "0"));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("DEPLOY_ENV is 'staging' and the argument says 'production'", refused.Text, StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("auto, app, migration, database", wrong.Text, StringComparison.Ordinal);
        Assert.Equal(2, noSteps.ExitCode);
    }

    [Fact]
    public async Task Nothing_is_migrated_from_the_command_line_unasked_where_the_configuration_wants_a_word()
    {
        await using var folder = NewFolder();
        folder.Change("migration.staging.json", settings => settings["migrations"]!["requireConfirmation"] = true);
        await using (await ProductProcess.ServeAsync(folder, mongo.ConnectionString))
        {
            // The first start seeds both environments.
        }

        await File.WriteAllTextAsync(
            Path.Combine(folder.Migrations, "900_by_seen.json"),
            """{ "version": "900", "description": "by seen", "up": [{ "createIndexes": "users", "indexes": [{ "key": { "seen": 1 }, "name": "seen_1" }] }], "down": [{ "dropIndexes": "users", "index": "seen_1" }] }""",
            TestContext.Current.CancellationToken);

        var image = ("DEPLOY_IMAGE", "dnd-tracker:1.1.0");
        var script = await RunAsync(folder, "deploy-with-migrations", ["staging"], image);
        var run = await CommandRun.DoAsync(folder, ["run", "deploy-release", "-e", "staging", "--image", "dnd-tracker:1.1.0", "--migrations", "run"]);
        var up = await CommandRun.DoAsync(folder, ["migrate", "up", "-e", "staging"]);
        var skipped = await RunAsync(folder, "deploy-with-migrations", ["staging", "true", "true"], image);
        var forced = await RunAsync(folder, "deploy-with-migrations", ["staging"], image, ("FORCE_DEPLOY", "true"));

        Assert.Equal((2, 2, 2), (script.ExitCode, run.ExitCode, up.ExitCode));
        Assert.Contains("migrations.requireConfirmation of staging is on and nobody confirmed it. Set FORCE_DEPLOY=true, or run it in a terminal and type the name. Nothing was done.", script.Text, StringComparison.Ordinal);
        Assert.Contains("Confirm it with the name of what is changed: staging.", run.Error, StringComparison.Ordinal);
        Assert.Contains("migrations.requireConfirmation of staging is on and nobody confirmed it. Say --confirm staging", up.Error, StringComparison.Ordinal);
        Assert.True(skipped.ExitCode == 0, skipped.Text);
        Assert.True(forced.ExitCode == 0, forced.Text);
        Assert.Contains("Staging runs 1.1.0, migrated 900", forced.Text, StringComparison.Ordinal);
    }

    private static ProductFolder NewFolder()
    {
        var folder = new ProductFolder();
        folder.Change("migration.staging.json", settings =>
        {
            settings["deployment"]!["stabilizationTime"] = 0;
            settings["deployment"]!["healthCheckInterval"] = 500;
            settings["rollback"]!["autoRollback"] = false;
        });
        return folder;
    }

    /// <summary>Healthy when it is released, and not for long.</summary>
    private static void AddSourImage(ProductFolder folder)
    {
        var images = Path.Combine(folder.Path, ".local", "platform", "images", "dnd-tracker");
        Directory.CreateDirectory(images);
        File.WriteAllText(Path.Combine(images, "1.5.0.json"), JsonSerializer.Serialize(new { version = "1.5.0", variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["APP_UNHEALTHY_AFTER"] = "6" } }));
    }

    private static async Task ConfirmAsync(IPage page, string opener, string verb, string reason, Func<ILocator, Task> look)
    {
        var button = page.GetByRole(AriaRole.Button, new() { Name = opener, Exact = true });
        await Expect(button).ToBeEnabledAsync(new() { Timeout = Patience });
        await button.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("What happens, in this order", new() { Timeout = Patience });
        await look(dialog);
        await dialog.GetByLabel("Reason").FillAsync(reason);
        await dialog.GetByLabel("Type").FillAsync("staging");
        await dialog.GetByRole(AriaRole.Button, new() { Name = verb, Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(verb, new() { Timeout = Patience });
    }

    private static async Task<string?> VersionAsync(ProductFolder folder)
    {
        var port = await File.ReadAllTextAsync(Path.Combine(folder.Path, ".local", "platform", "staging", "port"));
        using var http = new HttpClient();
        return JsonNode.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/api/health")))?["version"]?.GetValue<string>();
    }

    private async Task<(int ExitCode, string Text)> RunAsync(ProductFolder folder, string script, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Path.Combine(installed.Path, $"{script}.sh"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DASHBOARD_ROOT"] = folder.Path;
        start.Environment["DASHBOARD_MONGODB_URI"] = mongo.ConnectionString;
        start.Environment["MONGODB_URI"] = mongo.ConnectionString;
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{script} did not start.");
        process.StandardInput.Close();
        var (said, warned) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await said + await warned);
    }
}
