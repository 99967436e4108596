using System.Net;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>Bad days of the whole product, caused for real.</summary>
public sealed class FaultTests(Browser browser, MongoFixture mongo)
{
    [Fact]
    public async Task Leaves_no_half_backup_when_it_is_killed_and_works_again_at_the_next_start()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        await using var folder = new ProductFolder();
        string run;
        await using (var product = await ProductProcess.ServeAsync(folder, proxy.Through(mongo.ConnectionString)))
        {
            await folder.FillProductionAsync();
            await product.EndOfAsync(await product.StartBackupAsync("production"));
            proxy.Faults = new ProxyFaults { Bandwidth = 1_000_000 };
            run = await product.StartBackupAsync("production");
            await Eventually.TrueAsync(() => folder.HalfBackups().Any(file => new FileInfo(file).Length > 0), "the second backup has begun to be written");
            product.Kill();
            await product.ExitCodeAsync();
        }

        proxy.Faults = ProxyFaults.None;
        Assert.NotEmpty(folder.HalfBackups());
        await AssertOnlyWholeAsync(folder, 1);
        await using var again = await ProductProcess.ServeAsync(folder, proxy.Through(mongo.ConnectionString));

        var ended = await again.EndOfAsync(run, seconds: 90);
        Assert.Equal("interrupted", ended["state"]!.GetValue<string>());
        Assert.Contains("gave no sign of life until its lease lapsed", ended["message"]!.GetValue<string>(), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => folder.HalfBackups().Count == 0, "the temporary file is cleared away");
        Assert.Equal("succeeded", (await again.EndOfAsync(await again.StartBackupAsync("production")))["state"]!.GetValue<string>());
        await AssertOnlyWholeAsync(folder, 2);
    }

    [Fact]
    public async Task Says_that_the_database_is_away_and_recovers_by_itself()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        await using var folder = new ProductFolder();
        await using var product = await ProductProcess.ServeAsync(folder, proxy.Through(mongo.ConnectionString));
        var (page, _) = await browser.OpenAsync(product.Address);
        await Expect(page.Locator("main")).ToContainTextAsync("Production");

        proxy.Faults = new ProxyFaults { Down = true };
        proxy.ResetAll();

        await Expect(page.Locator("body")).ToContainTextAsync("has not answered since", new() { Timeout = 30_000 });
        using var refused = await product.Http.GetAsync(new Uri("api/runs", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.Equal("ok", await product.Http.GetStringAsync(new Uri("live", UriKind.Relative), TestContext.Current.CancellationToken));
        foreach (var path in new[] { "", "runs", "runs/000000000000000000000000" })
        {
            using var shown = await product.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }

        proxy.Faults = ProxyFaults.None;
        await Expect(page.Locator("body")).Not.ToContainTextAsync("has not answered since", new() { Timeout = 30_000 });
        Assert.Equal("succeeded", (await product.EndOfAsync(await product.StartBackupAsync("staging")))["state"]!.GetValue<string>());
        Assert.False(product.HasExited);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Stops_every_child_process_with_itself(string signal)
    {
        await using var folder = new ProductFolder();
        await using var product = await ProductProcess.ServeAsync(folder, mongoUri: null);
        Assert.True(folder.LiveProcesses().Count >= 5, "the product, its database and three machines run");

        product.Signal(signal);

        Assert.Equal(0, await product.ExitCodeAsync(seconds: 30));
        await Eventually.TrueAsync(() => folder.LiveProcesses().Count == 0, $"no process is left; there are {string.Join(", ", folder.LiveProcesses())}");
    }

    [Fact]
    public async Task Leaves_no_child_of_a_killed_parent_behind_at_the_next_start()
    {
        await using var folder = new ProductFolder();
        await using (var product = await ProductProcess.ServeAsync(folder, mongoUri: null))
        {
            product.Kill();
            await product.ExitCodeAsync();
        }

        var left = folder.LiveProcesses();
        await using var again = await ProductProcess.ServeAsync(folder, mongoUri: null);

        Assert.Equal("succeeded", (await again.EndOfAsync(await again.StartBackupAsync("staging")))["state"]!.GetValue<string>());
        again.Signal("INT");
        await again.ExitCodeAsync(seconds: 30);
        await Eventually.TrueAsync(() => folder.LiveProcesses().Count == 0, $"no process is left of {string.Join(", ", left)}");
    }

    [Fact]
    public async Task Names_every_error_of_a_wrong_configuration_and_starts_nothing()
    {
        await using var folder = new ProductFolder();
        folder.Change("dashboard.json", registry =>
        {
            registry["environments"]!["staging"]!["localMachines"] = 99;
            registry["colour"] = "red";
        });
        folder.Change("monitoring.json", monitoring => monitoring["healthChecks"]!["retries"] = "three");
        File.Delete(Path.Combine(folder.Path, "config", "migration.production.json"));

        var (exitCode, output) = await ProductProcess.RunAsync(folder, mongo.ConnectionString, "--port", "0");

        Assert.Equal(2, exitCode);
        Assert.Contains("config/dashboard.json: environments.staging.localMachines: number too big", output, StringComparison.Ordinal);
        Assert.Contains("config/dashboard.json: colour: no additional properties allowed", output, StringComparison.Ordinal);
        Assert.Contains("config/monitoring.json: healthChecks.retries: integer expected", output, StringComparison.Ordinal);
        Assert.Contains("config/migration.production.json: the file is missing.", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, ".local")));
    }

    [Fact]
    public async Task Cancels_a_command_line_run_at_control_c_and_frees_the_environment()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        await using var folder = new ProductFolder();
        await folder.FillProductionAsync();
        proxy.Faults = new ProxyFaults { Bandwidth = 1_000_000 };
        await using var run = ProductProcess.Start(folder, proxy.Through(mongo.ConnectionString), "run", "create-backup", "-e", "production");
        await Eventually.TrueAsync(() => folder.HalfBackups().Count > 0, "the backup has begun");

        run.Signal("INT");

        Assert.Equal(1, await run.ExitCodeAsync(seconds: 30));
        Assert.Contains("Cancelled by", run.Output, StringComparison.Ordinal);
        Assert.Empty(folder.HalfBackups());
        proxy.Faults = ProxyFaults.None;
        Assert.Equal(0, (await ProductProcess.RunAsync(folder, proxy.Through(mongo.ConnectionString), "run", "create-backup", "-e", "production")).ExitCode);
    }

    [Fact]
    public async Task Cancels_a_backup_with_the_button_and_leaves_nothing_of_it()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        await using var folder = new ProductFolder();
        await folder.FillProductionAsync();
        await using var product = await ProductProcess.ServeAsync(folder, proxy.Through(mongo.ConnectionString));
        proxy.Faults = new ProxyFaults { Bandwidth = 1_000_000 };
        var runId = await product.StartBackupAsync("production");
        var (page, _) = await browser.OpenAsync(new Uri(product.Address, $"runs/{runId}"));
        await Eventually.TrueAsync(() => folder.HalfBackups().Count > 0, "the backup has begun");

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        Assert.Equal("cancelled", (await product.EndOfAsync(runId))["state"]!.GetValue<string>());
        await Expect(page.Locator("main")).ToContainTextAsync("Cancelled by local operator");
        Assert.Empty(folder.HalfBackups());
        proxy.Faults = ProxyFaults.None;
        Assert.Equal("succeeded", (await product.EndOfAsync(await product.StartBackupAsync("production")))["state"]!.GetValue<string>());
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Does_the_same_on_the_command_line_beside_a_running_dashboard_and_without_one()
    {
        await using var folder = new ProductFolder();
        await using (var product = await ProductProcess.ServeAsync(folder, mongoUri: null))
        {
            var (done, said) = await ProductProcess.RunAsync(folder, null, "run", "create-backup", "--environment", "staging", "--reason", "by hand");
            Assert.True(done == 0, said);
            Assert.Contains("Write the archive", said, StringComparison.Ordinal);
            var run = (await product.GetAsync("api/runs?operation=create-backup")).AsArray().Single()!;
            Assert.Equal(("succeeded", "command-line", "by hand"), (run["state"]!.GetValue<string>(), run["door"]!.GetValue<string>(), run["reason"]!.GetValue<string>()));
            Assert.Equal(0, (await ProductProcess.RunAsync(folder, null, "run", "check-health", "-e", "staging")).ExitCode);
        }

        var (without, json) = await ProductProcess.RunAsync(folder, null, "run", "create-backup", "-e", "staging", "--json");
        Assert.Equal((0, true), (without, json.Contains("\"state\": \"succeeded\"", StringComparison.Ordinal)));
        Assert.Equal(1, (await ProductProcess.RunAsync(folder, null, "run", "check-health", "-e", "staging")).ExitCode);
        var (refused, why) = await ProductProcess.RunAsync(folder, null, "run", "make-coffee", "-e", "staging");
        Assert.Equal((2, true), (refused, why.Contains("There is no operation 'make-coffee'; there are cancel-maintenance, check-health, create-backup,", StringComparison.Ordinal)));
        await Eventually.TrueAsync(() => folder.LiveProcesses().Count == 0, "no process is left");
    }

    private static async Task AssertOnlyWholeAsync(ProductFolder folder, int count)
    {
        var manifests = new BackupFolder(folder.Backups).List();
        Assert.Equal(count, manifests.Count);
        var archives = folder.WholeBackups().Select(Path.GetFileName);
        Assert.Equal(manifests.Select(manifest => manifest.Archive).Order(StringComparer.Ordinal), archives.Order(StringComparer.Ordinal));
        foreach (var manifest in manifests)
            await ArchiveProof.AssertWholeAsync(Path.Combine(folder.Backups, manifest.Archive), manifest, TestContext.Current.CancellationToken);
    }
}
