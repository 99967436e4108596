using System.Text.Json.Nodes;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The command line's look at the configuration, which needs neither dashboard nor database.</summary>
public sealed class ConfigCommandTests : IAsyncDisposable
{
    private readonly ProductFolder _folder = new();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Says_what_is_odd_and_ends_with_0_when_a_start_would_succeed()
    {
        var run = await CommandRun.DoAsync(_folder, ["config"], connectionString: "mongodb://nobody-is-here:1");

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        Assert.Contains("migration.<environment>.json: database.retries: Not obeyed: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("migration.<environment>.json: deployment.healthCheckTimeout: staging 60000, production 120000\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("MONGODB_URI is set (", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody-is-here", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"The dashboard would start with this: 4 files, \d+ findings, \d+ keys without effect, \d+ keys that differ between environments\.\n$", run.Output);
    }

    [Fact]
    public async Task Prints_everything_as_json()
    {
        var run = await CommandRun.DoAsync(_folder, ["config", "--json"]);

        var report = JsonNode.Parse(run.Output)!;
        Assert.Equal(["staging", "production"], report["environments"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal("None", report["files"]![0]!["change"]!.GetValue<string>());
    }

    [Fact]
    public async Task Names_everything_that_is_wrong_and_ends_with_2()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "config", "monitoring.json"), "{ \"alerts\": 7 }", TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(_folder.Path, "config", "migration.staging.json"));

        var run = await CommandRun.DoAsync(_folder, ["config"]);

        Assert.Equal((2, string.Empty), (run.ExitCode, run.Output));
        Assert.Contains("config/monitoring.json: alerts: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("config/migration.staging.json: the file is missing.", run.Error, StringComparison.Ordinal);
    }
}
