using System.Diagnostics;
using Dashboard.Testing.Fly;

namespace Dashboard.Operations.Tests.Platforms.Fly;

/// <summary>The stand-in refuses what the real tool refuses; the runbook's own lines are among these.</summary>
public sealed class FlyctlStandInTests : IDisposable
{
    private readonly FlyStandIn _fly = new(machines: 2);

    [Theory]
    [InlineData("rollback", 1, "unknown command \"rollback\" for \"flyctl\"")]
    [InlineData("releases rollback -a dnd-tracker-staging", 1, "unknown command \"rollback\" for \"flyctl releases\"")]
    [InlineData("status", 1, "missing an app name")]
    [InlineData("status -a dnd-tracker-staging --jso", 1, "unknown flag: --jso")]
    [InlineData("logs -a dnd-tracker-staging --since 1h", 1, "unknown flag: --since")]
    [InlineData("metrics -a dnd-tracker-staging", 1, "unknown shorthand flag: 'a' in -a")]
    [InlineData("deploy -a dnd-tracker-staging --json", 1, "unknown flag: --json")]
    [InlineData("deploy -a dnd-tracker-staging --region iad", 1, "unknown flag: --region")]
    [InlineData("deploy -a dnd-tracker-staging --build-arg MAINTENANCE_MODE=true", 1, "failed to fetch an image or build from source")]
    [InlineData("deploy -a dnd-tracker-staging --image x --strategy big-bang", 1, "App configuration is not valid")]
    [InlineData("deploy -a", 1, "flag needs an argument: 'a' in -a")]
    [InlineData("deploy -a dnd-tracker-staging -c /nowhere/fly.toml", 1, "config file not found at specified path")]
    [InlineData("scale count 0 -a dnd-tracker-staging", 1, "--yes flag must be specified when not running interactively")]
    [InlineData("scale count 2 -a dnd-tracker-staging --json", 1, "unknown flag: --json")]
    [InlineData("scale count -a dnd-tracker-staging", 1, "requires at least 1 arg(s), only received 0")]
    [InlineData("machine stop -a dnd-tracker-staging", 1, "a machine ID must be specified")]
    [InlineData("machine stop 0000 -a dnd-tracker-staging", 1, "was not found in app")]
    [InlineData("status -a another-app", 1, "Could not find App")]
    public async Task Refuses(string arguments, int code, string error)
    {
        var (exitCode, _, errors) = await RunAsync(arguments, token: "t");

        Assert.Equal(code, exitCode);
        Assert.StartsWith("Error: ", errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
        Assert.Contains(error, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics")]
    [InlineData("machine bogus")]
    [InlineData("scale bogus")]
    [InlineData("apps bogus")]
    [InlineData("secrets bogus")]
    [InlineData("config bogus")]
    [InlineData("image bogus")]
    public async Task Answers_an_unknown_word_of_a_group_with_help_and_success(string arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments, token: "t");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.StartsWith("Usage:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version --json", "\"Version\":\"0.4.87\"")]
    [InlineData("status -a dnd-tracker-staging --json", "\"PlatformVersion\": \"machines\"")]
    [InlineData("releases -a dnd-tracker-staging --json", "\"DeploymentStrategy\": \"\"")]
    [InlineData("machines ls -a dnd-tracker-staging --json", "\"fly_release_version\": \"7\"")]
    [InlineData("scale show -a dnd-tracker-staging --json", "\"Count\": 2")]
    [InlineData("checks list -a dnd-tracker-staging --json", "\"status\": \"passing\"")]
    [InlineData("image show -a dnd-tracker-staging --json", "\"Digest\": \"sha256:aa01\"")]
    [InlineData("config show -a dnd-tracker-staging", "\n  \"app\": \"dnd-tracker-staging\"")]
    [InlineData("apps list --json", "\"Name\": \"dnd-tracker-staging\"")]
    [InlineData("logs -a dnd-tracker-staging --no-tail --json", "\"message\": \"line 0\"")]
    [InlineData("scale count 2 -a dnd-tracker-staging", "App already scaled to desired state")]
    [InlineData("scale count 4 -a dnd-tracker-staging --yes", "Executing scale plan")]
    [InlineData("secrets set MAINTENANCE_MODE=true -a dnd-tracker-staging", "")]
    [InlineData("secrets unset MAINTENANCE_MODE -a dnd-tracker-staging", "")]
    public async Task Does(string arguments, string output)
    {
        var (exitCode, text, errors) = await RunAsync(arguments, token: "t");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains(output, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wants_a_token_for_all_but_its_version()
    {
        var (exitCode, _, errors) = await RunAsync("status -a dnd-tracker-staging", token: null);

        Assert.Equal((1, "Error: no access token available. Please login with 'flyctl auth login'\n"), (exitCode, errors));
        Assert.Equal(0, (await RunAsync("version", token: null)).ExitCode);
    }

    public void Dispose() => _fly.Dispose();

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string arguments, string? token)
    {
        var start = new ProcessStartInfo(FlyStandIn.Program, arguments.Split(' '))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _fly.Folder,
        };
        start.Environment.Remove("FLY_API_TOKEN");
        foreach (var (name, value) in _fly.Variables("0"))
            start.Environment[name] = value;
        if (token is not null)
            start.Environment["FLY_API_TOKEN"] = token;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
