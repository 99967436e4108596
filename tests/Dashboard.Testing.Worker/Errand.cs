using Dashboard.Operations.Alerts;
using Dashboard.Testing.Engine;

namespace Dashboard.Testing.Worker;

/// <summary>The one thing that the worker was started for.</summary>
internal static class Errand
{
    public static async Task<string> DoAsync(TestEngine engine, string[] arguments, CancellationToken stopping)
    {
        switch (arguments)
        {
            case ["run", var runId]:
                var run = await engine.Runner.RunAsync(runId, stopping);
                return run is null ? "none" : $"{run.State}: {run.Message}";
            case ["accept", var operation, var environment]:
                var accepted = await engine.Intake.AcceptAsync(TestEngine.Call(operation, environment), stopping);
                return accepted.ToString();
            case ["sweep"]:
                await engine.Watch.SweepAsync(stopping);
                return "swept";
            case ["look-for-alerts"]:
                await engine.Get<AlertSweep>().SweepAsync(stopping);
                return "looked";
            default:
                throw new ArgumentException("The worker knows: run RUN, accept OPERATION ENVIRONMENT, sweep, look-for-alerts.", nameof(arguments));
        }
    }
}
