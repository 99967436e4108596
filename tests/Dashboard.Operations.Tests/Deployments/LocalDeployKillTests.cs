using Dashboard.Operations.Deployments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>
/// CK1 of a deployment on real machines: SIGKILL of the dashboard that has them, before the platform changes anything, between two machines, and
/// after it is done. The next dashboard says what there is, and repeats nothing.
/// </summary>
public sealed class LocalDeployKillTests(MongoFixture mongo)
{
    private const string First = "dnd-tracker:1.0.0";
    private const string Next = "dnd-tracker:1.1.0";
    private const string Staging = DeploymentGround.Environment;

    // Where the machine that runs the tests is busy, one of the application takes long to start.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Killed_before_the_platform_changed_anything_the_old_version_runs_and_no_release_was_made() =>
        AssertAgreeAsync($"{Failpoints.ReleaseMakes}=kill", (_, _) => Task.CompletedTask, First, made: null);

    [Fact]
    public Task Killed_between_two_machines_the_old_version_runs_on_both_and_the_release_is_interrupted() =>
        AssertAgreeAsync(string.Empty, KillBetweenAsync, First, PlatformReleaseState.Interrupted);

    [Fact]
    public Task Killed_after_the_last_machine_the_new_version_runs_and_a_person_decides_about_it() =>
        AssertAgreeAsync($"{Failpoints.ReleaseMade}=kill", (_, _) => Task.CompletedTask, Next, PlatformReleaseState.Complete);

    private static async Task KillBetweenAsync(EngineSettings settings, WorkerProcess worker)
    {
        await using var beside = MachineGround.Beside(settings, settings.Machines!);
        await Eventually.TrueAsync(
            async () => (await beside.StatusAsync(Staging, Token)).IsMixed, "one of the two machines is replaced", Patience);
        worker.Kill();
    }

    private async Task AssertAgreeAsync(string failpoints, Func<EngineSettings, WorkerProcess, Task> kill, string runs, PlatformReleaseState? made)
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Deployment = rules.Deployment with { HealthCheckTimeout = Patience } }, count: 2);
        var runId = await ground.Engine.ConfirmAsync("deploy-release", Staging, new() { ["image"] = Next });
        // Only one dashboard can have the machines: the one that is killed.
        await ground.Platform.DisposeAsync();
        var settings = ground.Settings with { LeaseDuration = TimeSpan.FromSeconds(9) };
        await using (var worker = await WorkerProcess.StartAsync(settings, failpoints, "run", runId))
        {
            await kill(settings, worker);
            Assert.True(await worker.ExitAsync(Patience + Patience) == 137, $"The worker was not killed: {worker.Output}");
        }

        await using var platform = await MachineGround.StartAsync(settings, settings.Machines!, Token);
        using var engine = new TestEngine(settings, configure: services => services.AddSingleton<IPlatform>(platform));
        // A page that is open takes over what the platform has, before the dead run is seen to.
        await engine.Get<DeploymentPages>().ReadAsync(Token);

        var run = await SeenToAsync(engine, runId);

        Assert.Equal(RunState.Interrupted, run.State);
        Assert.Contains($"the machines are 2 × {runs} (healthy).", run.Cleared, StringComparison.Ordinal);
        Assert.EndsWith("Deploy again or roll back.", run.Cleared, StringComparison.Ordinal);
        var releases = await platform.ReleasesAsync(Staging, Token);
        await AssertRecordedAsync(engine, platform, runId, runs, made);

        await engine.Runner.RunAsync(runId, Token);
        await engine.Watch.SweepAsync(Token);
        Assert.Equal(releases, await platform.ReleasesAsync(Staging, Token));
        await AssertRecordedAsync(engine, platform, runId, runs, made);
        await Invariants.NothingHoldsAsync(engine, Staging, Token);

        var again = await engine.RunConfirmedAsync("deploy-release", Staging, new() { ["image"] = Next });
        Assert.Equal((RunState.Succeeded, again.Message), (again.State, again.Message));
        Assert.Equal("1.1.0", await ground.VersionAsync());
    }

    private static async Task<Run> SeenToAsync(TestEngine engine, string runId)
    {
        await Invariants.RunEndsAfterRedeliveryAsync(engine, runId, Token);
        return await Eventually.FoundAsync(
            async () =>
            {
                await engine.Watch.SweepAsync(Token);
                return await engine.FindAsync(runId) is { RecoveredAt: not null } run ? run : null;
            },
            "what it left is seen to");
    }

    /// <summary>Machines, the platform's list and the dashboard's own say the same, each release once.</summary>
    private static async Task AssertRecordedAsync(TestEngine engine, IPlatform platform, string runId, string runs, PlatformReleaseState? made)
    {
        var status = await platform.StatusAsync(Staging, Token);
        Assert.Equal(2, status.Machines.Count);
        Assert.All(status.Machines, machine => Assert.Equal((MachineState.Healthy, runs), (machine.State, machine.Image)));
        PlatformReleaseState[] expected = made is { } state ? [state, PlatformReleaseState.Complete] : [PlatformReleaseState.Complete];
        Assert.Equal(expected, (await platform.ReleasesAsync(Staging, Token)).Select(release => release.State));

        await engine.Get<DeploymentPages>().ReadAsync(Token);
        var all = await engine.Get<ReleaseLedger>().ListAsync(Staging, 50, before: null, Token);
        var own = Assert.Single(all, release => release.RunId == runId);
        Assert.Equal((ReleaseState.Interrupted, Next, made is null ? null : 2), (own.State, own.Image, own.Number));
        Assert.Contains($"Its process ended before it did; the machines are 2 × {runs} (healthy).", own.Message, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(all, release => release.RunId is null).Number);
    }
}
