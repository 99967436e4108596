using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dashboard.Operations.Platforms;
using Dashboard.Testing.Fly;

namespace Dashboard.Operations.Tests.Platforms.Fly;

/// <summary>Every way in which the tool is known to fail, and what an operator then reads.</summary>
public sealed class FlyFailureTests : IDisposable
{
    private readonly FlyStandIn _fly = new(machines: 2);
    private readonly ConcurrentQueue<string> _printed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rejected-token", PlatformFailure.Credentials, "does not accept the token")]
    [InlineData("network-down", PlatformFailure.Unreachable, "its state is unknown and not down")]
    [InlineData("rate-limited", PlatformFailure.Unreachable, "asked too often")]
    [InlineData("panic", PlatformFailure.Unreachable, "flyctl itself broke down")]
    [InlineData("crash", PlatformFailure.Unreachable, "flyctl itself broke down")]
    [InlineData("segv", PlatformFailure.Unreachable, "flyctl itself broke down")]
    [InlineData("garbage", PlatformFailure.Unreachable, "cannot be read")]
    [InlineData("truncated", PlatformFailure.Unreachable, "cannot be read")]
    [InlineData("help", PlatformFailure.Unreachable, "cannot be read")]
    [InlineData("long-line", PlatformFailure.Refused, "code 1")]
    [InlineData("slow", PlatformFailure.TimedOut, "did not end in its time")]
    public async Task Says_why_the_state_cannot_be_told(string trouble, PlatformFailure kind, string sentence)
    {
        _fly.Break("machine list", trouble);
        using var platform = _fly.NewPlatform(settings => settings with { Limits = settings.Limits with { Read = TimeSpan.FromSeconds(trouble == "slow" ? 5 : 20) } });

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.StatusAsync("staging", Token));

        Assert.Equal(kind, failed.Kind);
        Assert.Contains(sentence, failed.Message, StringComparison.Ordinal);
        Assert.Contains("flyctl machine list", failed.Message, StringComparison.Ordinal);
        Assert.Contains(FlyStandIn.StagingApp, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("[running]", failed.Message, StringComparison.Ordinal);
        Assert.InRange(failed.Message.Length, 1, 1500);
    }

    [Theory]
    [InlineData("release-command-fails", PlatformFailure.ReleaseCommand, "no machine was changed, the database perhaps", "Now 0 of 2 machines")]
    [InlineData("fails-at-second", PlatformFailure.Unhealthy, "others may still run the one before", "Now 1 of 2 machines")]
    [InlineData("no-room-at-second", PlatformFailure.NotDone, "no room for a machine", "Now 1 of 2 machines")]
    [InlineData("strange-at-second", PlatformFailure.NotDone, "failed after machines were changed. Fly.io refused it", "Now 1 of 2 machines")]
    [InlineData("token-at-second", PlatformFailure.NotDone, "does not accept the token", "Now 1 of 2 machines")]
    [InlineData("reverted", PlatformFailure.NotDone, "was reported as made", "with another image")]
    [InlineData("failed-but-healthy", PlatformFailure.Unreachable, "all 2 machines run", "then keep it or roll back")]
    [InlineData("lease-held", PlatformFailure.Busy, "Somebody else changes these machines", "Now 0 of 2 machines")]
    [InlineData("network-down", PlatformFailure.Unreachable, "cannot be reached", "Now 0 of 2 machines")]
    [InlineData("rate-limited", PlatformFailure.Unreachable, "asked too often", "look again")]
    [InlineData("rejected-token", PlatformFailure.Credentials, "does not accept the token", "code 1")]
    [InlineData("panic", PlatformFailure.Unreachable, "flyctl itself broke down", "Now 0 of 2 machines")]
    [InlineData("segv", PlatformFailure.Unreachable, "flyctl itself broke down", "Now 0 of 2 machines")]
    [InlineData("garbage", PlatformFailure.NotDone, "has no complete release", "")]
    [InlineData("help", PlatformFailure.NotDone, "has no complete release", "")]
    public async Task Says_why_a_release_was_not_made_and_what_runs_now(string trouble, PlatformFailure kind, string sentence, string now)
    {
        _fly.Change(cloud => cloud["hasReleaseCommand"] = true);
        _fly.Break("deploy", trouble);
        using var platform = _fly.NewPlatform();

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.DeployAsync(Deploy(_fly.NextImage), _printed.Enqueue, Token));

        Assert.Equal(kind, failed.Kind);
        Assert.Contains(sentence, failed.Message, StringComparison.Ordinal);
        Assert.Contains(now, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failed.Message + string.Join('\n', _printed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_say_that_nothing_was_changed_when_the_machines_cannot_be_looked_at_afterwards()
    {
        _fly.Break("deploy", "token-at-second");
        using var platform = _fly.NewPlatform();

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.DeployAsync(Deploy(_fly.NextImage), BreakLook, Token));

        Assert.Equal(PlatformFailure.Unreachable, failed.Kind);
        Assert.Contains("does not accept the token", failed.Message, StringComparison.Ordinal);

        void BreakLook(string line)
        {
            if (line.Contains("unauthorized", StringComparison.Ordinal))
                _fly.Break("machine list", "rejected-token");
        }
    }

    [Fact]
    public async Task A_second_release_of_the_same_image_that_reaches_no_machine_changed_none()
    {
        _fly.Break("deploy", "lease-held");
        using var platform = _fly.NewPlatform();

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.DeployAsync(Deploy(_fly.FirstImage), _printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.Busy, failed.Kind);
        Assert.Contains("Now 2 of 2 machines", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_that_crashes_fails_at_its_smoke_check()
    {
        using var platform = _fly.NewPlatform();

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.DeployAsync(Deploy(_fly.CrashImage), _printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.Unhealthy, failed.Kind);
        Assert.Contains("appears to be crashing", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_the_state_behind_the_tools_own_log_lines()
    {
        _fly.Break("machine list", "noise");
        using var platform = _fly.NewPlatform();

        Assert.Equal(2, (await platform.StatusAsync("staging", Token)).Machines.Count);
    }

    [Fact]
    public async Task Takes_a_machine_whose_host_is_away_for_unknown()
    {
        _fly.Change(cloud => cloud["machines"]![1]!["isHostAway"] = true);
        using var platform = _fly.NewPlatform();

        var status = await platform.StatusAsync("staging", Token);

        Assert.Equal([MachineState.Healthy, MachineState.Unknown], status.Machines.Select(machine => machine.State));
        Assert.Equal("Fly.io cannot reach the host that it is on.", status.Machines[1].Note);
    }

    [Fact]
    public async Task Does_not_count_the_machine_of_a_release_command()
    {
        _fly.Change(cloud => cloud["machines"]!.AsArray().Add(new JsonObject { ["id"] = "908ed127b6e000", ["isManaged"] = false, ["image"] = _fly.FirstImage }));
        using var platform = _fly.NewPlatform();

        Assert.Equal(2, (await platform.StatusAsync("staging", Token)).Machines.Count);
    }

    [Fact]
    public async Task Tells_two_digests_of_one_tag_apart()
    {
        _fly.Change(cloud => cloud["machines"]![1]!["digest"] = "sha256:ffff");
        using var platform = _fly.NewPlatform();

        Assert.True((await platform.StatusAsync("staging", Token)).IsMixed);
    }

    [Fact]
    public async Task Says_how_many_machines_there_are_after_half_a_scaling()
    {
        _fly.Break("scale count", "partial-scale");
        using var platform = _fly.NewPlatform();

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.ScaleAsync(new PlatformCall.Scale("staging", 5), _printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.Refused, failed.Kind);
        Assert.Contains("no room for a machine", failed.Message, StringComparison.Ordinal);
        Assert.Contains("There are 3 machines now.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_believe_a_scaling_that_only_said_so()
    {
        _fly.Break("scale count", "help");
        using var platform = _fly.NewPlatform(settings => settings with { Limits = settings.Limits with { Settling = TimeSpan.FromMilliseconds(300) } });

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.ScaleAsync(new PlatformCall.Scale("staging", 5), _printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.NotDone, failed.Kind);
        Assert.Contains("there are 2 machines", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("machine stop", "'started'")]
    [InlineData("machine cordon", "is not kept from requests")]
    public async Task Does_not_believe_a_stop_that_only_said_so(string command, string sentence)
    {
        _fly.Break(command, "help");
        using var platform = _fly.NewPlatform(settings => settings with { Limits = settings.Limits with { Settling = TimeSpan.FromMilliseconds(300) } });

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.StopAsync("staging", _printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.NotDone, failed.Kind);
        Assert.Contains(sentence, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_believe_a_start_that_leaves_machines_kept_from_requests()
    {
        using var platform = _fly.NewPlatform(settings => settings with { Limits = settings.Limits with { Settling = TimeSpan.FromMilliseconds(300) } });
        await platform.StopAsync("staging", _printed.Enqueue, Token);
        _fly.Break("machine uncordon", "help");

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.StartAsync("staging", _printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.NotDone, failed.Kind);
        Assert.Contains("is still kept from requests", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_which_app_there_is_not()
    {
        _fly.Change(cloud => cloud["app"] = "another-app");
        using var platform = _fly.NewPlatform();

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.StatusAsync("staging", Token));

        Assert.Equal(PlatformFailure.NotFound, failed.Kind);
        Assert.Contains(FlyStandIn.StagingApp, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_where_the_tool_was_looked_for_and_which_variable_has_the_token()
    {
        using var missing = _fly.NewPlatform(settings => settings with { Program = "/nowhere/flyctl" });
        using var silent = _fly.NewPlatform(settings => settings with { Token = "", TokenVariable = "OUR_FLY_TOKEN" });

        var noTool = await Assert.ThrowsAsync<PlatformException>(() => missing.StatusAsync("staging", Token));
        var noToken = await Assert.ThrowsAsync<PlatformException>(() => silent.StatusAsync("staging", Token));

        Assert.Equal((PlatformFailure.NotFound, PlatformFailure.Credentials), (noTool.Kind, noToken.Kind));
        Assert.Contains("/nowhere/flyctl", noTool.Message, StringComparison.Ordinal);
        Assert.Contains("OUR_FLY_TOKEN", noToken.Message, StringComparison.Ordinal);
        Assert.Empty(_fly.Calls);
    }

    [Fact]
    public async Task A_tool_that_may_not_be_executed_is_a_tool_that_is_not_there()
    {
        var program = Path.Combine(_fly.Folder, "flyctl");
        await File.WriteAllTextAsync(program, "#!/bin/sh\n", Token);
        using var platform = _fly.NewPlatform(settings => settings with { Program = program });

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.StatusAsync("staging", Token));

        Assert.Equal(PlatformFailure.NotFound, failed.Kind);
    }

    public void Dispose() => _fly.Dispose();

    private static PlatformCall.Deploy Deploy(string image) => new("staging", image, TimeSpan.FromSeconds(2), Author: "Ada");
}
