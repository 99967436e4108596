using System.Diagnostics;
using System.Globalization;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>A product that serves, and one that has served and is down now; the lines of the runbook are tried on the one that they are for.</summary>
public sealed class RunbookGround(MongoFixture mongo, Browser browser) : IAsyncLifetime
{
    private readonly InstalledScripts _installed = new();
    private readonly ProductFolder _down = NewFolder();
    private readonly ProductFolder _up = NewFolder();
    private readonly TestDatabase _scratch = MongoFixture.Current.NewDatabase("staging-restore-test");
    private ProductProcess? _product;

    private ProductProcess Product => _product ?? throw new InvalidOperationException("The product has not been started.");

    public async ValueTask InitializeAsync()
    {
        await using (await ProductProcess.ServeAsync(_down, mongo.ConnectionString))
        {
            // The first start seeds both environments.
        }

        _product = await ProductProcess.ServeAsync(_up, mongo.ConnectionString);
        var token = await ProductProcess.RunAsync(_up, mongo.ConnectionString, "access", "create-token", "--role", "operator");
        Assert.True(token.ExitCode == 0, token.Output);
        // As an operator keeps it, so that the lines stay as they are.
        var secret = token.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Single(word => word.StartsWith("dnd_", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(_up.Path, ".curlrc"), $"header = \"Authorization: Bearer {secret}\"\nsilent\nshow-error\n");
        await AddLinesAsync();
    }

    internal async Task DoAsync(RunbookLine line, RunbookStep step)
    {
        if (step.Does[0] == '/')
            await LookAsync(step);
        else
            await RunAsync(line.Dashboard == DashboardState.Up ? _up : _down, step);
    }

    public async ValueTask DisposeAsync()
    {
        if (_product is not null)
            await _product.DisposeAsync();
        await _up.DisposeAsync();
        await _down.DisposeAsync();
        await _scratch.DisposeAsync();
        _installed.Dispose();
    }

    /// <summary>No window and no waiting: the lines are tried at any hour.</summary>
    private static ProductFolder NewFolder()
    {
        var folder = new ProductFolder();
        foreach (var file in new[] { "migration.staging.json", "migration.production.json" })
        {
            folder.Change(file, settings =>
            {
                settings["deployment"]!["stabilizationTime"] = 0;
                settings["deployment"]!["healthCheckInterval"] = 500;
                settings.AsObject().Remove("maintenance");
            });
        }

        return folder;
    }

    /// <summary>What the application said earlier: captured lines begin with its start, and before those there must be no gap.</summary>
    private async Task AddLinesAsync()
    {
        var lines = new DashboardDatabase(mongo.Client, _up.Own.Name).Database.GetCollection<LogLine>("logLines");
        await Eventually.TrueAsync(async () => await lines.Find(line => line.Environment == "production").AnyAsync(), "the dashboard has captured what production said");
        var now = TimeProvider.System.GetUtcNow();
        (TimeSpan Ago, LineLevel Level, string Text)[] said = [(TimeSpan.FromDays(29), LineLevel.Warning, "weeks ago it creaked"), (TimeSpan.FromMinutes(40), LineLevel.Info, "it goes"), (TimeSpan.FromMinutes(5), LineLevel.Error, "it broke")];
        await lines.InsertManyAsync(said.Select(line => new LogLine { Id = line.Text, Environment = "production", At = now - line.Ago, Machine = "m1", Level = line.Level, Text = line.Text, Order = 1 }));
    }

    private async Task LookAsync(RunbookStep step)
    {
        var (page, _) = await browser.OpenAsync(new Uri(Product.Address, step.Does));
        await Expect(page.Locator("main")).ToContainTextAsync(step.Says, new() { Timeout = 60_000 });
        await page.Context.CloseAsync();
    }

    private async Task RunAsync(ProductFolder folder, RunbookStep step)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"set -o pipefail; {step.Does}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(_installed.Path),
        };
        foreach (var (name, value) in Variables(folder))
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{step.Does}' did not start.");
        process.StandardInput.Close();
        var (said, warned) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120));
        var text = await said + await warned;
        var expected = step.Says.Replace("$SCRATCH", _scratch.Name, StringComparison.Ordinal);
        Assert.True(process.ExitCode == 0 && text.Contains(expected, StringComparison.Ordinal), $"{step.Does}\nexit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}, and not '{expected}':\n{text}");
    }

    private IEnumerable<(string Name, string Value)> Variables(ProductFolder folder) =>
    [
        ("DASHBOARD_ROOT", folder.Path),
        ("MONGODB_URI", mongo.ConnectionString),
        ("CURL_HOME", folder.Path),
        ("NO_PROXY", "*"),
        ("FOLDER", folder.Path),
        ("BACKUPS", folder.Backups),
        ("SCRATCH", _scratch.Name),
        ("DASHBOARD", Product.Address.GetLeftPart(UriPartial.Authority)),
        ("STAGING", AddressOf(folder, "staging")),
        ("PRODUCTION", AddressOf(folder, "production")),
    ];

    private static string AddressOf(ProductFolder folder, string environment) =>
        $"http://127.0.0.1:{File.ReadAllText(Path.Combine(folder.Path, ".local", "platform", environment, "port")).Trim()}";
}
