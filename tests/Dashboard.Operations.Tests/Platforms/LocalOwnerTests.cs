using System.Collections.Concurrent;
using System.Diagnostics;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Local;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Platforms;

/// <summary>Several processes on one state folder: one has the machines, the others ask for what they want, and each of them may die.</summary>
public sealed class LocalOwnerTests : IAsyncDisposable
{
    private const string First = "dnd-tracker:1.0.0";
    private const string Next = "dnd-tracker:1.1.0";
    private const string Bad = "dnd-tracker:1.2.0-bad";

    private readonly PlatformFixture _fixture = new();
    private readonly List<Process> _processes = [];
    private readonly ConcurrentQueue<string> _printed = new();
    private readonly LocalEnvironment _environment;

    public LocalOwnerTests() => _environment = _fixture.NewEnvironment("staging", 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_that_its_owner_did_not_survive_is_interrupted_and_the_last_complete_one_runs()
    {
        var owner = await BeginAsync("keep", "deploy", Bad);
        await using var watching = Know();
        await Eventually.GetAsync(async () => (await watching.ReleasesAsync("staging", Token))[0], release => release.State == PlatformReleaseState.Unfinished);

        owner.Kill();
        await owner.WaitForExitAsync(Token);
        await using var next = _fixture.NewPlatform();
        await next.StartAsync([_environment], Token);
        await next.WhenHealthyAsync(Token);

        var interrupted = (await next.ReleasesAsync("staging", Token))[0];
        Assert.Equal((2, Bad, PlatformReleaseState.Interrupted), (interrupted.Number, interrupted.Image, interrupted.State));
        var status = await next.StatusAsync("staging", Token);
        Assert.All(status.Machines, machine => Assert.Equal((MachineState.Healthy, First, 1), (machine.State, machine.Image, machine.Release)));
        Assert.Equal(2, _fixture.LiveProcesses().Count(IsMachine));
    }

    [Fact]
    public async Task One_who_waits_for_a_release_takes_the_machines_over_when_their_owner_dies()
    {
        var owner = await BeginAsync("keep");
        await using var beside = Know();
        var deploying = beside.DeployAsync(Deploy(Bad) with { HealthLimit = TimeSpan.FromMinutes(5) }, _printed.Enqueue, Token);
        await Eventually.TrueAsync(() => _printed.Any(line => line.Contains("starting 1.2.0-bad", StringComparison.Ordinal)), "the owner makes it");

        owner.Kill();
        var failed = await Assert.ThrowsAsync<PlatformException>(() => deploying);

        Assert.Equal(PlatformFailure.NotDone, failed.Kind);
        Assert.Contains("interrupted", failed.Message, StringComparison.Ordinal);
        var status = await Eventually.GetAsync(() => beside.StatusAsync("staging", Token), now => now.Machines.All(machine => machine.State == MachineState.Healthy));
        Assert.Equal(First, status.Image);
    }

    [Fact]
    public async Task A_second_process_releases_stops_and_starts_through_the_one_that_has_the_machines()
    {
        await using var owner = _fixture.NewPlatform();
        await owner.StartAsync([_environment], Token);
        await owner.WhenHealthyAsync(Token);
        await using var beside = Know();

        var release = await beside.DeployAsync(Deploy(Next), _printed.Enqueue, Token);
        Assert.All((await beside.StatusAsync("staging", Token)).Machines, machine => Assert.Equal((MachineState.Healthy, Next, 2), (machine.State, machine.Image, machine.Release)));
        await beside.StopAsync("staging", _printed.Enqueue, Token);
        Assert.True((await owner.StatusAsync("staging", Token)).IsStopped);
        await beside.StartAsync("staging", _printed.Enqueue, Token);
        await beside.ScaleAsync(new PlatformCall.Scale("staging", 1), _printed.Enqueue, Token);

        Assert.Equal(PlatformReleaseState.Complete, release.State);
        var machine = Assert.Single((await owner.StatusAsync("staging", Token)).Machines);
        Assert.Equal((MachineState.Healthy, Next), (machine.State, machine.Image));
        Assert.Equal(beside.AddressOf("staging"), owner.AddressOf("staging"));
        Assert.NotEmpty(await beside.LogsAsync("staging", Token));
        Assert.Contains(_printed, line => line.Contains("has taken its place", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_processes_that_release_at_once_make_one_release_and_the_other_is_busy()
    {
        await using var owner = _fixture.NewPlatform();
        await owner.StartAsync([_environment], Token);
        await owner.WhenHealthyAsync(Token);
        await using var one = Know();
        await using var other = Know();

        var both = await Task.WhenAll(TryAsync(one), TryAsync(other));

        Assert.Equal([null, PlatformFailure.Busy], both.OrderBy(failure => failure is null ? 0 : 1));
        Assert.Equal(2, (await owner.ReleasesAsync("staging", Token)).Count);
    }

    [Fact]
    public async Task Looks_and_stops_without_machines_and_the_owner_that_comes_later_obeys()
    {
        await using (var alone = Know())
        {
            var status = await alone.StatusAsync("staging", Token);
            Assert.All(status.Machines, machine => Assert.Equal(MachineState.Unknown, machine.State));
            Assert.False(status.IsStopped);
            Assert.Single(await alone.ReleasesAsync("staging", Token));
            await alone.StopAsync("staging", _printed.Enqueue, Token);
            Assert.True((await alone.StatusAsync("staging", Token)).IsStopped);
            Assert.Empty(_fixture.LiveProcesses());
        }

        await using var later = _fixture.NewPlatform();
        await later.StartAsync([_environment], Token);
        await later.WhenHealthyAsync(Token);

        Assert.True((await later.StatusAsync("staging", Token)).IsStopped);
        Assert.DoesNotContain(_fixture.LiveProcesses(), IsMachine);
    }

    [Fact]
    public async Task A_process_that_releases_alone_has_the_machines_as_long_as_it_lives()
    {
        Uri address;
        await using (var alone = Know())
        {
            address = alone.AddressOf("staging");
            await alone.DeployAsync(Deploy(Next), _printed.Enqueue, Token);
            using var http = new HttpClient();
            Assert.Contains("\"version\":\"1.1.0\"", await http.GetStringAsync(new Uri(address, "/api/health"), Token), StringComparison.Ordinal);
        }

        Assert.Empty(_fixture.LiveProcesses());
        await using var later = _fixture.NewPlatform();
        await later.StartAsync([_environment], Token);
        await later.WhenHealthyAsync(Token);
        Assert.Equal(address, later.AddressOf("staging"));
        Assert.All((await later.StatusAsync("staging", Token)).Machines, machine => Assert.Equal((Next, 2), (machine.Image, machine.Release)));
    }

    [Fact]
    public async Task A_dashboard_that_starts_while_a_command_has_the_machines_waits_for_its_end()
    {
        var command = await BeginAsync("deploy", Next);
        await SaidAsync(command, "done");
        await using var dashboard = _fixture.NewPlatform();
        var starting = dashboard.StartAsync([_environment], Token);
        Assert.False(starting.IsCompleted);

        await command.StandardInput.WriteLineAsync();
        await command.StandardInput.FlushAsync(Token);
        await starting;
        await dashboard.WhenHealthyAsync(Token);

        Assert.Equal(Next, (await dashboard.StatusAsync("staging", Token)).Image);
    }

    [Fact]
    public async Task Says_what_to_do_with_a_state_file_that_cannot_be_read()
    {
        Directory.CreateDirectory(Path.Combine(_fixture.Folder, "staging"));
        await File.WriteAllTextAsync(Path.Combine(_fixture.Folder, "staging", "state.json"), "{\"releases\": [", Token);
        await using var platform = Know();

        var failed = await Assert.ThrowsAsync<PlatformException>(() => platform.StatusAsync("staging", Token));

        Assert.Contains("state.json", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../images/dnd-tracker:1.0.0")]
    [InlineData("dnd-tracker:../1.0.0")]
    [InlineData("dnd-tracker")]
    [InlineData("")]
    public async Task A_reference_cannot_lead_out_of_the_images(string reference)
    {
        await using var platform = Know();

        Assert.Equal(ImageState.Gone, await platform.FindImageAsync("staging", reference, Token));
    }

    [Fact]
    public async Task Keeps_the_variables_of_a_release_for_the_following_ones()
    {
        await using var platform = _fixture.NewPlatform();
        await platform.StartAsync([_environment], Token);
        await platform.WhenHealthyAsync(Token);

        await platform.DeployAsync(
            Deploy(Next) with { Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["MAINTENANCE_MODE"] = "true" } }, _printed.Enqueue, Token);
        await platform.DeployAsync(Deploy(First), _printed.Enqueue, Token);

        Assert.All(
            _fixture.LiveProcesses().Select(VariablesOf).Where(variables => variables.Contains("FLY_MACHINE_ID=staging-", StringComparison.Ordinal)),
            variables => Assert.Contains("MAINTENANCE_MODE=true", variables, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        await Eventually.TrueAsync(() => _fixture.LiveProcesses().Count == 0, "no process is left");
        await _fixture.DisposeAsync();
    }

    private static PlatformCall.Deploy Deploy(string image) => new("staging", image, TimeSpan.FromSeconds(60), Author: "Ada");

    private static bool IsMachine(int process) => VariablesOf(process).Contains("FLY_MACHINE_ID=staging-", StringComparison.Ordinal);

    private static string VariablesOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ");
        }
        catch (IOException)
        {
            return ""; // It has just ended.
        }
    }

    private LocalPlatform Know()
    {
        var platform = _fixture.NewPlatform(serves: false);
        platform.Know([_environment]);
        return platform;
    }

    private async Task<PlatformFailure?> TryAsync(LocalPlatform platform)
    {
        try
        {
            await platform.DeployAsync(Deploy(Next), _printed.Enqueue, Token);
            return null;
        }
        catch (PlatformException failure)
        {
            return failure.Kind;
        }
    }

    private async Task<Process> BeginAsync(params string[] work)
    {
        var output = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var host = Path.GetFullPath(Path.Combine(output, "..", "..", "LocalPlatformHost", Path.GetFileName(output), "LocalPlatformHost.dll"));
        var process = Process.Start(new ProcessStartInfo("dotnet", [host, PlatformFixture.Program, _fixture.Folder, _environment.Database, .. work])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("The host did not start.");
        _processes.Add(process);
        await process.StandardInput.WriteLineAsync(PlatformFixture.ConnectionString);
        await process.StandardInput.FlushAsync(Token);
        await SaidAsync(process, "ready");
        return process;
    }

    private static async Task SaidAsync(Process process, string word)
    {
        while (await process.StandardOutput.ReadLineAsync(Token) is { } line && line != word)
        {
            // What it prints meanwhile is for people.
        }
    }
}
