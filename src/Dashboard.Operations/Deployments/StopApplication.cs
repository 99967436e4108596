using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>Stops every machine and keeps it: what the runbook means by scaling to 0, and can be taken back.</summary>
public sealed class StopApplication(IPlatform platform, DeployFailure look, Environments.EnvironmentRegistry environments) : Operation<StopApplication.Request>
{
    public sealed record Request;

    public override string Title => "Stop";

    public override string Summary => "Stops every machine of the application; they are kept, and start-application brings them back.";

    public override Role Needs => Role.Operator;

    protected override Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken) => Task.FromResult<Plan?>(new Plan
    {
        Target = environment,
        Steps = [.. platform.Describe(new PlatformCall.Stop(environment)).Select(command => new PlanStep(command))],
        NotUndone = ["Requests that are under way, and what the application holds in memory."],
        Undo = "start-application.",
    });

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Stop the machines", cancellationToken);
        await steps.ConfirmLeaseAsync(cancellationToken);
        var environment = environments.Get(steps.Run.Environment);
        try
        {
            await platform.StopAsync(environment.Name, steps.Log, cancellationToken);
            return OperationResult.Success($"{environment.Title} is stopped: its machines are kept, and start-application brings them back.");
        }
        catch (PlatformException exception)
        {
            return OperationResult.Failure($"{exception.Message} Now {await look.SeenAsync(environment, cancellationToken)}");
        }
    }

    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) =>
        $"Now {await look.SeenAsync(environments.Get(run.Environment), cancellationToken)} Stop or start again.";
}
