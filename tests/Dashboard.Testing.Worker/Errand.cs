using System.Globalization;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
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
            case ["break-glass", var operation, var environment]:
                var broken = await engine.Intake.AcceptAsync(TestEngine.Call(operation, environment) with { BreaksGlass = true }, stopping);
                return broken.ToString();
            case ["sweep"]:
                await engine.Watch.SweepAsync(stopping);
                return "swept";
            case ["look-for-alerts"]:
                await engine.Get<AlertSweep>().SweepAsync(stopping);
                return "looked";
            case ["audit", var actor, var count]:
                await AuditAsync(engine, actor, int.Parse(count, CultureInfo.InvariantCulture), stopping);
                return "audited";
            default:
                throw new ArgumentException("The worker knows: run RUN, accept OPERATION ENVIRONMENT, break-glass OPERATION ENVIRONMENT, sweep, look-for-alerts, audit ACTOR COUNT.", nameof(arguments));
        }
    }

    /// <summary>Says each number that the trail has taken, so that a kill shows what was promised.</summary>
    private static async Task AuditAsync(TestEngine engine, string actor, int count, CancellationToken stopping)
    {
        for (var number = 1; number <= count; number++)
        {
            var target = number.ToString(CultureInfo.InvariantCulture);
            await engine.Get<AuditTrail>().AppendAsync(
                new AuditFact { Actor = actor, Role = "operator", Door = Door.Api, Action = "test", Target = target, Outcome = AuditOutcome.Asked }, stopping);
            await Console.Out.WriteLineAsync($"taken {target}");
        }
    }
}
