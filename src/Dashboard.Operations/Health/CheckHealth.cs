using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Health;

/// <summary>Takes the runbook's full suite of one environment, a step for each target with its measured time.</summary>
public sealed class CheckHealth(HealthSuite suite, HealthHistory history, EnvironmentRegistry environments) : Operation<CheckHealth.Request>
{
    public sealed record Request;

    public override string Title => "Check health";

    public override string Summary => "Asks every health endpoint and the database itself, and shows what each answered and how fast.";

    public override Role Needs => Role.Viewer;

    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        var answers = new List<HealthAnswer>();
        foreach (var target in suite.Targets)
        {
            await steps.BeginAsync(target == HealthTargets.Ping ? "Ping the database" : $"GET {target}", cancellationToken);
            var answer = await suite.CheckAsync(environment, target, cancellationToken);
            answers.Add(answer);
            Tell(steps, answer.Check);
        }

        await steps.BeginAsync("Store the report", cancellationToken, StepStop.Never);
        var report = suite.Report(environment, answers);
        await history.SaveAsync(report, cancellationToken);
        return Outcome(environment, report);
    }

    private static void Tell(OperationSteps steps, HealthCheck check)
    {
        var took = string.Create(CultureInfo.InvariantCulture, $"{check.Milliseconds:0} ms");
        var verdict = $"{check.State.ToString().ToLowerInvariant()}, {took}";
        if (check.State == HealthState.Healthy)
        {
            steps.Note(verdict);
            steps.Log($"{check.Note} ({took})");
        }
        else
        {
            steps.FailStep(verdict);
            steps.Warn($"{check.Note} ({took})");
        }
    }

    private static OperationResult Outcome(TargetEnvironment environment, HealthReport report)
    {
        var bad = report.Checks.Where(check => check.State != HealthState.Healthy).ToList();
        if (bad.Count == 0)
            return OperationResult.Success($"{environment.Title} is healthy: all {report.Checks.Count} checks passed{(report.Version is null ? string.Empty : $", version {report.Version}")}.");
        return OperationResult.Failure(
            $"{environment.Title} is {report.State.ToString().ToLowerInvariant()}: {string.Join("; ", bad.Select(check => $"{check.Target}: {check.Note.TrimEnd('.')}"))}. See the runbook, Incident Response.");
    }
}
