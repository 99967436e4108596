using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Maintenance;

/// <summary>Brings the environment's pages back, but only when its full health suite passes.</summary>
public sealed class LeaveMaintenance(
    MaintenancePlans plans, ModeSwitch mode, ModeChange change, HealthSuite suite, HealthHistory history, MaintenanceRecovery recovery, EnvironmentRegistry environments)
    : Operation<LeaveMaintenance.Request>
{
    /// <param name="Force">Although something is red: pages come back to a person who knows better.</param>
    public sealed record Request(bool Force = false);

    public override string Title => "Leave maintenance";

    public override string Summary => "Checks the health of everything, brings the pages back, sees that they answer, and closes the window.";

    public override Role Needs => Role.Operator;

    protected override Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken) =>
        plans.LeaveAsync(request, environments.Get(environment), cancellationToken);

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        await steps.BeginAsync("Look at the environment", cancellationToken);
        var standing = await mode.StandingAsync(environment, cancellationToken);
        if (!standing.IsOn)
            return OperationResult.Success($"Maintenance of {environment.Name} is not on. Nothing was changed.");
        if (steps.Run.Plan is null)
            return OperationResult.Failure($"Maintenance of {environment.Name} was off when this was asked for, and is on now: ask again, and confirm the plan. Nothing was changed.");

        if (await WhyRedAsync(environment, steps, cancellationToken) is { } red)
        {
            if (!request.Force)
                return OperationResult.Failure($"Maintenance of {environment.Name} stays on, because {red}. Put that right first; force is for somebody who knows why it may be red.");
            steps.Warn($"Although {red}: force was said.");
        }

        try
        {
            return await change.LeaveAsync(environment, standing.Window, request.Force, steps, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"A database stopped answering while maintenance of {environment.Name} was switched off ({exception.GetBaseException().Message.TrimEnd('.')}).", exception);
        }
    }

    /// <summary>Makes the flag equal to the window's record: on, while nobody has closed it.</summary>
    protected internal override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) => recovery.RecoverAsync(run, cancellationToken);

    private async Task<string?> WhyRedAsync(TargetEnvironment environment, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Check the health of everything", cancellationToken);
        var report = await suite.RunAsync(environment, cancellationToken);
        await history.SaveAsync(report, cancellationToken);
        foreach (var check in report.Checks)
            steps.Log($"{check.Target}: {check.Note}");
        var red = MaintenancePlans.RedOf(report);
        if (red is null)
            steps.Note($"All {report.Checks.Count} checks passed.");
        else
            steps.FailStep(red);
        return red;
    }
}
