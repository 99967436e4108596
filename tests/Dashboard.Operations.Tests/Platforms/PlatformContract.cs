using System.Collections.Concurrent;
using Dashboard.Operations.Platforms;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Platforms;

/// <summary>What every platform does alike, whatever runs the machines.</summary>
public abstract class PlatformContract : IAsyncDisposable
{
    protected const string Environment = "staging";

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected ConcurrentQueue<string> Printed { get; } = new();

    protected abstract string FirstImage { get; }

    protected abstract string NextImage { get; }

    /// <summary>Its machines run and never say that they are healthy.</summary>
    protected abstract string BadImage { get; }

    protected abstract string GoneImage { get; }

    /// <summary>A platform on which the first image runs on so many machines, all healthy.</summary>
    protected abstract Task<IPlatform> StartAsync(int machines);

    [Fact]
    public async Task Releases_an_image_to_every_machine()
    {
        var platform = await StartAsync(2);
        var before = await platform.StatusAsync(Environment, Token);

        var release = await platform.DeployAsync(Deploy(NextImage), Printed.Enqueue, Token);

        var after = await platform.StatusAsync(Environment, Token);
        Assert.Equal((NextImage, PlatformReleaseState.Complete), (release.Image, release.State));
        Assert.Equal(before.Release + 1, release.Number);
        Assert.Equal((release.Number, NextImage, false, false), (after.Release, after.Image, after.IsMixed, after.IsStopped));
        Assert.Equal(2, after.Machines.Count);
        Assert.All(after.Machines, machine => Assert.Equal((MachineState.Healthy, NextImage, release.Number), (machine.State, machine.Image, machine.Release)));
        Assert.NotEmpty(Printed);
    }

    [Fact]
    public async Task Lists_its_releases_newest_first()
    {
        var platform = await StartAsync(1);
        await platform.DeployAsync(Deploy(NextImage), Printed.Enqueue, Token);
        await platform.DeployAsync(Deploy(FirstImage) with { SkipReleaseCommand = true }, Printed.Enqueue, Token);

        var releases = await platform.ReleasesAsync(Environment, Token);

        Assert.Equal([FirstImage, NextImage, FirstImage], releases.Take(3).Select(release => release.Image));
        Assert.Equal(releases.OrderByDescending(release => release.Number), releases);
        Assert.All(releases, release => Assert.Equal(PlatformReleaseState.Complete, release.State));
        Assert.True(releases[0].At >= releases[1].At);
        Assert.NotNull(releases[0].Author);
        Assert.Superset(new HashSet<string>([FirstImage, NextImage], StringComparer.Ordinal), (await platform.ImagesAsync(Environment, Token)).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Fails_a_release_that_never_gets_healthy_and_leaves_the_machines_that_it_did_not_reach()
    {
        var platform = await StartAsync(2);

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.DeployAsync(Deploy(BadImage), Printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.Unhealthy, failed.Kind);
        var releases = await platform.ReleasesAsync(Environment, Token);
        Assert.Equal((BadImage, PlatformReleaseState.Failed), (releases[0].Image, releases[0].State));
        var status = await platform.StatusAsync(Environment, Token);
        Assert.Equal(2, status.Machines.Count);
        Assert.Contains(status.Machines, machine => machine.Image == FirstImage && machine.State == MachineState.Healthy);
    }

    [Fact]
    public async Task Comes_back_from_a_failed_release_by_releasing_the_image_before()
    {
        var platform = await StartAsync(2);
        await Assert.ThrowsAsync<PlatformException>(() => platform.DeployAsync(Deploy(BadImage), Printed.Enqueue, Token));

        var back = await platform.DeployAsync(Deploy(FirstImage) with { SkipReleaseCommand = true }, Printed.Enqueue, Token);

        var status = await platform.StatusAsync(Environment, Token);
        Assert.Equal(PlatformReleaseState.Complete, back.State);
        Assert.All(status.Machines, machine => Assert.Equal((MachineState.Healthy, FirstImage, back.Number), (machine.State, machine.Image, machine.Release)));
    }

    [Fact]
    public async Task Changes_nothing_when_the_image_is_gone()
    {
        var platform = await StartAsync(1);
        var before = await platform.ReleasesAsync(Environment, Token);

        var gone = await Assert.ThrowsAsync<PlatformException>(() => platform.DeployAsync(Deploy(GoneImage), Printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.ImageGone, gone.Kind);
        Assert.Contains(GoneImage, gone.Message, StringComparison.Ordinal);
        Assert.Equal(before, await platform.ReleasesAsync(Environment, Token));
        Assert.Equal(ImageState.Gone, await platform.FindImageAsync(Environment, GoneImage, Token));
        Assert.Equal(ImageState.Available, await platform.FindImageAsync(Environment, NextImage, Token));
    }

    [Fact]
    public async Task Scales_up_and_down_to_nothing_and_back()
    {
        var platform = await StartAsync(1);

        foreach (var machines in (int[])[3, 2, 0, 1])
        {
            await platform.ScaleAsync(new PlatformCall.Scale(Environment, machines), Printed.Enqueue, Token);

            var status = await platform.StatusAsync(Environment, Token);
            Assert.Equal(machines, status.Machines.Count);
            Assert.All(status.Machines, machine => Assert.Equal((MachineState.Healthy, FirstImage), (machine.State, machine.Image)));
            Assert.Equal(machines == 0, status.IsStopped);
        }
    }

    [Fact]
    public async Task Scaling_to_what_there_is_changes_nothing()
    {
        var platform = await StartAsync(2);
        var before = (await platform.StatusAsync(Environment, Token)).Machines.Select(machine => machine.Id).ToList();

        await platform.ScaleAsync(new PlatformCall.Scale(Environment, 2), Printed.Enqueue, Token);

        Assert.Equal(before, (await platform.StatusAsync(Environment, Token)).Machines.Select(machine => machine.Id));
    }

    [Fact]
    public async Task Releases_to_nothing_by_making_a_machine()
    {
        var platform = await StartAsync(1);
        await platform.ScaleAsync(new PlatformCall.Scale(Environment, 0), Printed.Enqueue, Token);

        await platform.DeployAsync(Deploy(NextImage), Printed.Enqueue, Token);

        var machine = Assert.Single((await platform.StatusAsync(Environment, Token)).Machines);
        Assert.Equal((MachineState.Healthy, NextImage), (machine.State, machine.Image));
    }

    [Fact]
    public async Task Stops_and_keeps_every_machine_and_starts_the_same_ones_again()
    {
        var platform = await StartAsync(2);
        var before = (await platform.StatusAsync(Environment, Token)).Machines.Select(machine => machine.Id).ToList();

        await platform.StopAsync(Environment, Printed.Enqueue, Token);
        var stopped = await platform.StatusAsync(Environment, Token);
        await platform.StartAsync(Environment, Printed.Enqueue, Token);
        var started = await platform.StatusAsync(Environment, Token);

        Assert.True(stopped.IsStopped);
        Assert.Equal(before, stopped.Machines.Select(machine => machine.Id));
        Assert.Equal(before, started.Machines.Select(machine => machine.Id));
        Assert.All(started.Machines, machine => Assert.Equal(MachineState.Healthy, machine.State));
    }

    [Fact]
    public async Task Gives_stopped_machines_a_release_without_starting_them()
    {
        var platform = await StartAsync(1);
        await platform.StopAsync(Environment, Printed.Enqueue, Token);

        await platform.DeployAsync(Deploy(NextImage), Printed.Enqueue, Token);
        var stopped = await platform.StatusAsync(Environment, Token);
        await platform.StartAsync(Environment, Printed.Enqueue, Token);

        Assert.Equal((true, NextImage), (stopped.IsStopped, stopped.Image));
        var machine = Assert.Single((await platform.StatusAsync(Environment, Token)).Machines);
        Assert.Equal((MachineState.Healthy, NextImage), (machine.State, machine.Image));
    }

    [Fact]
    public async Task Refuses_to_start_where_there_is_no_machine()
    {
        var platform = await StartAsync(1);
        await platform.ScaleAsync(new PlatformCall.Scale(Environment, 0), Printed.Enqueue, Token);

        var refused = await Assert.ThrowsAsync<PlatformException>(() => platform.StartAsync(Environment, Printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.Refused, refused.Kind);
    }

    [Fact]
    public async Task Is_busy_while_a_release_is_being_made()
    {
        var platform = await StartAsync(1);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var first = platform.DeployAsync(Deploy(BadImage) with { HealthLimit = TimeSpan.FromMinutes(5) }, Printed.Enqueue, cancel.Token);
        await BegunAsync(platform);

        var second = await Assert.ThrowsAsync<PlatformException>(() => platform.DeployAsync(Deploy(NextImage), Printed.Enqueue, Token));

        Assert.Equal(PlatformFailure.Busy, second.Kind);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task A_cancelled_release_is_interrupted_and_the_next_one_goes_well()
    {
        var platform = await StartAsync(1);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var deploying = platform.DeployAsync(Deploy(BadImage) with { HealthLimit = TimeSpan.FromMinutes(5) }, Printed.Enqueue, cancel.Token);
        await BegunAsync(platform);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deploying);

        var cancelled = (await platform.ReleasesAsync(Environment, Token))[0];
        Assert.Equal((BadImage, PlatformReleaseState.Interrupted), (cancelled.Image, cancelled.State));
        await platform.DeployAsync(Deploy(NextImage), Printed.Enqueue, Token);
        var machine = Assert.Single((await platform.StatusAsync(Environment, Token)).Machines);
        Assert.Equal((MachineState.Healthy, NextImage), (machine.State, machine.Image));
    }

    [Fact]
    public async Task Has_the_latest_lines_of_each_machine_oldest_first()
    {
        var platform = await StartAsync(2);

        var lines = await platform.LogsAsync(Environment, Token);

        Assert.Equal(2, lines.Select(line => line.Machine).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(lines.OrderBy(line => line.At), lines);
        Assert.All(lines, line => Assert.NotEqual(default, line.At));
    }

    [Fact]
    public async Task Says_what_each_call_would_be()
    {
        var platform = await StartAsync(2);
        await platform.StopAsync(Environment, Printed.Enqueue, Token);

        Assert.Contains(platform.Describe(Deploy(NextImage)), line => line.Contains(Short(NextImage), StringComparison.Ordinal));
        Assert.NotEmpty(platform.Describe(new PlatformCall.Scale(Environment, 4)));
        Assert.NotEmpty(platform.Describe(new PlatformCall.Stop(Environment)));
        Assert.NotEmpty(platform.Describe(new PlatformCall.Start(Environment)));
    }

    [Fact]
    public async Task Refuses_an_environment_that_there_is_not()
    {
        var platform = await StartAsync(1);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => platform.StatusAsync("nowhere", Token));

        Assert.Contains("nowhere", refused.Message, StringComparison.Ordinal);
    }

    public abstract ValueTask DisposeAsync();

    protected static PlatformCall.Deploy Deploy(string image) => new(Environment, image, TimeSpan.FromSeconds(image.Contains("bad", StringComparison.Ordinal) ? 3 : 60), Author: "Ada");

    protected static Task<PlatformRelease> BegunAsync(IPlatform platform) => Eventually.GetAsync(
        async () => (await platform.ReleasesAsync(Environment, Token))[0], release => release.State == PlatformReleaseState.Unfinished);

    private static string Short(string image) => image[(image.LastIndexOf(':') + 1)..];
}
