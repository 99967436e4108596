using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Fly;
using Dashboard.Operations.Processes;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Fly;

namespace Dashboard.Operations.Tests.Platforms.Fly;

/// <summary>How the tool is called: its arguments, its environment, its end.</summary>
public sealed class FlyCallTests : IDisposable
{
    private readonly FlyStandIn _fly = new(machines: 2);
    private readonly ConcurrentQueue<string> _printed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Looks_by_the_machines_and_the_releases()
    {
        using var platform = _fly.NewPlatform();

        await platform.StatusAsync("staging", Token);

        Assert.Equal([$"machine list -a {FlyStandIn.StagingApp} --json", $"releases -a {FlyStandIn.StagingApp} --json"], _fly.Calls.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("v2.3.4", null, "2.3.4", "version 2.3.4")]
    [InlineData("deployment-9", "2.3.5", "2.3.5", "version 2.3.5")]
    [InlineData("deployment-9", null, null, "version not known")]
    public async Task Takes_the_version_from_the_tag_or_the_label_and_says_where_it_is_not_known(string tag, string? label, string? version, string told)
    {
        var image = _fly.FirstImage.Replace("deployment-1", tag, StringComparison.Ordinal);
        _fly.Change(cloud =>
        {
            foreach (var machine in cloud["machines"]!.AsArray())
                machine!["image"] = image;
            // The second one is what an image inherits from its base, and says nothing about the application.
            var labels = new JsonObject { ["org.opencontainers.image.version"] = "22.04" };
            if (label is not null)
                labels["fly.version"] = label;
            cloud["images"]!.AsObject()[image] = new JsonObject { ["digest"] = "sha256:aa01", ["labels"] = labels };
        });
        using var platform = _fly.NewPlatform();

        var status = await platform.StatusAsync("staging", Token);

        Assert.Equal((version, told), (status.Version, status.VersionTold));
        Assert.Equal(version ?? $"{image} (version not known)", status.Told);
    }

    [Fact]
    public async Task Says_in_a_plan_which_machines_a_stop_and_a_start_will_name()
    {
        using var platform = _fly.NewPlatform();
        await platform.StatusAsync("staging", Token);

        Assert.Equal(
            [$"flyctl machine cordon <each that is not cordoned> -a {FlyStandIn.StagingApp}", $"flyctl machine stop <each that runs> -a {FlyStandIn.StagingApp}"],
            platform.Describe(new PlatformCall.Stop("staging")));
        Assert.Equal(
            [$"flyctl machine start <each that is stopped> -a {FlyStandIn.StagingApp}", $"flyctl machine uncordon <each that is cordoned> -a {FlyStandIn.StagingApp}"],
            platform.Describe(new PlatformCall.Start("staging")));
    }

    [Fact]
    public async Task Releases_with_every_choice_on_the_command_line_and_as_the_plan_says()
    {
        var config = Path.Combine(_fly.Folder, "fly.toml");
        await File.WriteAllTextAsync(config, "app = 'x'\n", Token);
        using var platform = _fly.NewPlatform(settings => settings with { Environments = [new FlyEnvironment("staging", FlyStandIn.StagingApp, config)] });
        var deployment = new PlatformCall.Deploy(
            "staging", _fly.NextImage, TimeSpan.FromSeconds(90), Canary: true, Variables: new Dictionary<string, string>(StringComparer.Ordinal) { ["MAINTENANCE_MODE"] = "true" });

        await platform.DeployAsync(deployment, _printed.Enqueue, Token);

        var expected = $"deploy -a {FlyStandIn.StagingApp} --config {config} --image {_fly.NextImage} --strategy canary --wait-timeout 90s --release-command-timeout 300s --env MAINTENANCE_MODE=true --ha=false --yes";
        Assert.Contains(expected, _fly.Calls);
        Assert.Equal([$"flyctl {expected}"], platform.Describe(deployment));
        Assert.Equal(2, _fly.Cloud["machines"]!.AsArray().Count);
    }

    [Fact]
    public async Task Rolls_back_without_the_release_command_of_the_old_image()
    {
        _fly.Change(cloud => cloud["hasReleaseCommand"] = true);
        _fly.Break("deploy", "release-command-fails");
        using var platform = _fly.NewPlatform();

        await platform.DeployAsync(new PlatformCall.Deploy("staging", _fly.NextImage, TimeSpan.FromSeconds(60), SkipReleaseCommand: true), _printed.Enqueue, Token);

        Assert.Contains(_fly.Calls, call => call.Contains(" --skip-release-command ", StringComparison.Ordinal) && !call.Contains("--release-command-timeout", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stops_by_cordon_and_stop_and_starts_by_start_and_uncordon()
    {
        using var platform = _fly.NewPlatform();

        await platform.StopAsync("staging", _printed.Enqueue, Token);
        await platform.StartAsync("staging", _printed.Enqueue, Token);
        await platform.ScaleAsync(new PlatformCall.Scale("staging", 3), _printed.Enqueue, Token);

        const string Ids = "148ed127b6e381 148ed127b6e382";
        Assert.Equal(
            [
                $"machine cordon {Ids} -a {FlyStandIn.StagingApp}", $"machine stop {Ids} -a {FlyStandIn.StagingApp}", $"machine start {Ids} -a {FlyStandIn.StagingApp}",
                $"machine uncordon {Ids} -a {FlyStandIn.StagingApp}", $"scale count 3 -a {FlyStandIn.StagingApp} --yes",
            ],
            _fly.Calls.Where(call => !call.StartsWith("machine list", StringComparison.Ordinal)));
        Assert.All(_fly.Cloud["machines"]!.AsArray(), machine => Assert.False(machine!["cordoned"]!.GetValue<bool>()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Stops_the_machines_that_sleep_too_so_that_no_request_starts_them_and_brings_them_back(int sleeping)
    {
        for (var machine = 0; machine < sleeping; machine++)
            _fly.Sleep(machine);
        using var platform = _fly.NewPlatform();

        await platform.StopAsync("staging", _printed.Enqueue, Token);
        _fly.Request();
        var stopped = await platform.StatusAsync("staging", Token);
        await platform.StartAsync("staging", _printed.Enqueue, Token);
        var started = await platform.StatusAsync("staging", Token);

        Assert.All(stopped.Machines, machine => Assert.Equal((MachineState.Stopped, "Stopped, and kept from requests that would start it."), (machine.State, machine.Note)));
        Assert.All(started.Machines, machine => Assert.Equal((MachineState.Healthy, null), (machine.State, machine.Note)));
    }

    [Fact]
    public async Task Gives_the_token_by_the_environment_alone_and_nothing_else_of_its_own()
    {
        using var platform = _fly.NewPlatform();

        await platform.DeployAsync(new PlatformCall.Deploy("staging", _fly.NextImage, TimeSpan.FromSeconds(60)), _printed.Enqueue, Token);

        Assert.All(_fly.CallLog(), call =>
        {
            Assert.Equal(
                ["FLY_API_TOKEN", "FLY_CONFIG_DIR", "FLY_EMIT_RELEASE_JSON", "FLY_NO_INCIDENTS_CHECK", "FLY_NO_UPDATE_CHECK", "FLY_SEND_METRICS", "FLY_SYNTHETICS_AGENT", "NO_COLOR"],
                call["variables"]!.AsArray().Select(name => name!.GetValue<string>()));
            Assert.Equal(Path.Combine(_fly.Folder, "config"), call["folder"]!.GetValue<string>());
        });
        Assert.DoesNotContain("Canary0Token1", await File.ReadAllTextAsync($"{_fly.StatePath}.calls", Token), StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_no_token_whatever_the_tool_prints()
    {
        Assert.Equal("bad token *** here", FlyText.Redact("bad token fm2_lJPECAAAAAAAAAAAxCanary0Token1Never2Shown here", FlyStandIn.Token));
        Assert.Equal("another *** here", FlyText.Redact("another fm2_AAAAsomebodyelses here", FlyStandIn.Token));
        Assert.Equal("mongodb://***@db.example.com/x", FlyText.Redact("mongodb://tracker:hunter2@db.example.com/x", null));
        Assert.Equal("plain", FlyText.Clean("\u001b[1;31mplain\u001b[0m \r"));
    }

    [Fact]
    public async Task Reads_the_log_of_objects_one_after_the_other_with_the_level_of_the_line()
    {
        using var platform = _fly.NewPlatform();

        var lines = await platform.LogsAsync("staging", Token);

        Assert.Equal([$"logs -a {FlyStandIn.StagingApp} --no-tail --json"], _fly.Calls);
        Assert.Equal(6, lines.Count);
        Assert.Equal([LineLevel.Info, LineLevel.Info, LineLevel.Info, LineLevel.Error, LineLevel.Info, LineLevel.Info], lines.Select(line => line.Level));
        Assert.DoesNotContain('\u001b', lines[3].Text);
    }

    [Fact]
    public async Task An_empty_log_is_no_lines_though_the_tool_would_wait_for_ever()
    {
        _fly.Change(cloud => cloud["lines"] = new JsonArray());
        using var platform = _fly.NewPlatform();

        Assert.Empty(await platform.LogsAsync("staging", Token));
    }

    [Fact]
    public async Task Ends_a_deaf_tool_and_what_it_started_when_it_is_cancelled()
    {
        _fly.Break("deploy", "deaf");
        using var platform = _fly.NewPlatform(settings => settings with { Limits = settings.Limits with { Grace = TimeSpan.FromMilliseconds(300) } });
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var deploying = platform.DeployAsync(new PlatformCall.Deploy("staging", _fly.NextImage, TimeSpan.FromSeconds(60)), _printed.Enqueue, cancel.Token);
        await Eventually.TrueAsync(() => File.Exists($"{_fly.StatePath}.child") && new FileInfo($"{_fly.StatePath}.child").Length > 0, "the tool has started its own child");
        var processes = (await File.ReadAllTextAsync($"{_fly.StatePath}.child", Token)).Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToList();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deploying);

        foreach (var process in processes)
            await Eventually.TrueAsync(() => !IsAlive(process), $"process {process} is gone");
    }

    [Fact]
    public async Task A_tool_killed_in_the_middle_leaves_an_unfinished_release_that_is_told_as_such()
    {
        _fly.Break("deploy", "killed-midway");
        using var platform = _fly.NewPlatform();
        var deploying = platform.DeployAsync(new PlatformCall.Deploy("staging", _fly.NextImage, TimeSpan.FromSeconds(60)), _printed.Enqueue, Token);
        await Eventually.TrueAsync(() => _printed.Any(line => line.Contains("Updating 148ed127b6e381", StringComparison.Ordinal)), "it updates a machine");

        foreach (var (id, _) in ProcessTree.Below(Environment.ProcessId).Where(process => CommandOf(process.Id).Contains(_fly.NextImage, StringComparison.Ordinal)))
            Signals.Kill(id);
        var failed = await Assert.ThrowsAsync<PlatformException>(() => deploying);

        Assert.Equal(PlatformFailure.Unreachable, failed.Kind);
        Assert.Contains("code 137", failed.Message, StringComparison.Ordinal);
        var newest = (await platform.ReleasesAsync("staging", Token))[0];
        Assert.Equal((8, PlatformReleaseState.Unfinished), (newest.Number, newest.State));
    }

    [Fact]
    public async Task Reads_a_hundred_megabytes_without_an_end_in_bounded_memory()
    {
        _fly.Break("machine list", "long-line");
        using var platform = _fly.NewPlatform();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await Assert.ThrowsAsync<PlatformException>(() => platform.StatusAsync("staging", Token));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 48L * 1024 * 1024);
    }

    [Fact]
    public async Task Shows_its_token_to_no_other_registry_and_follows_its_answer()
    {
        using var platform = _fly.NewPlatform();

        Assert.Equal(ImageState.Unknown, await platform.FindImageAsync("staging", $"{_fly.RegistryHost}/teapot/x:1", Token));
        Assert.Equal(ImageState.Unknown, await platform.FindImageAsync("staging", "nginx:1", Token));
        Assert.Equal(ImageState.Gone, await platform.FindImageAsync("staging", _fly.GoneImage, Token));
        Assert.Equal(
            Convert.ToBase64String(Encoding.UTF8.GetBytes("x:fm2_lJPECAAAAAAAAAAAxCanary0Token1Never2Shown")), _fly.Authorizations[^1]["Basic ".Length..]);
    }

    [Fact]
    public async Task Names_the_tool_that_does_not_work_at_the_start()
    {
        var settings = new FlyPlatformSettings("/nowhere/flyctl", "token", Path.Combine(_fly.Folder, "config"), []);

        Assert.Contains("/nowhere/flyctl", await FlyPlatform.WhyNotAsync(settings, TimeProvider.System, Token), StringComparison.Ordinal);
        Assert.Null(await FlyPlatform.WhyNotAsync(settings with { Program = FlyStandIn.Program, Variables = _fly.Variables("0") }, TimeProvider.System, Token));
    }

    public void Dispose() => _fly.Dispose();

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
