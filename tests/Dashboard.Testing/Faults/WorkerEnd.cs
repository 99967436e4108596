using System.Globalization;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;

namespace Dashboard.Testing.Faults;

/// <summary>Ends a worker in the middle of a run, and waits until what it left has been seen to.</summary>
public static class WorkerEnd
{
    /// <param name="engine">Accepted the run; delivers it again, sweeps and recovers.</param>
    /// <param name="settings">The worker's: a short lease, so that nobody waits long.</param>
    /// <param name="how"><c>kill</c> for SIGKILL at the hit; <c>stop</c> holds it there and sends SIGTERM.</param>
    public static async Task MakeAsync(TestEngine engine, EngineSettings settings, string runId, FailpointHit hit, string how, CancellationToken cancellationToken)
    {
        await using var worker = await WorkerProcess.StartAsync(settings, string.Create(CultureInfo.InvariantCulture, $"{hit.Point}={how}@{hit.Nth}"), "run", runId);
        if (how == "stop")
        {
            await worker.StoppedAsync();
            worker.Shutdown();
            worker.Resume();
            Assert.True(await worker.ExitAsync(TimeSpan.FromSeconds(30)) == 0, worker.Output);
        }
        else
        {
            Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");
        }

        // The job store delivers again: before the claim this runs the body, after it never.
        await Invariants.RunEndsAfterRedeliveryAsync(engine, runId, cancellationToken);
        await Eventually.TrueAsync(
            async () =>
            {
                await engine.Watch.SweepAsync(cancellationToken);
                return await engine.FindAsync(runId) is { } run && (run.State != RunState.Interrupted || run.RecoveredAt is not null);
            },
            "what it left is seen to");
    }
}
