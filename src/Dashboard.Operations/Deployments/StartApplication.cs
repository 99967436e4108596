using Dashboard.Operations.Environments;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>Starts the machines that are stopped, and looks that they are healthy.</summary>
public sealed class StartApplication(IPlatform platform, DeployFailure look, EnvironmentRegistry environments) : Operation<StartApplication.Request>
{
    public sealed record Request;

    public override string Title => "Start";

    public override string Summary => "Starts every machine of the application that is stopped, and waits until they are healthy.";

    public override Role Needs => Role.Operator;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Start the machines", cancellationToken);
        await steps.ConfirmLeaseAsync(cancellationToken);
        var environment = environments.Get(steps.Run.Environment);
        try
        {
            if ((await platform.StatusAsync(environment.Name, cancellationToken)).Machines.Count == 0)
                return OperationResult.Failure($"{environment.Title} has no machine that could be started; scale it to the number that is wanted.");
            await platform.StartAsync(environment.Name, steps.Log, cancellationToken);
            return OperationResult.Success($"{environment.Title} runs: {await look.SeenAsync(environment, cancellationToken)}");
        }
        catch (PlatformException exception)
        {
            return OperationResult.Failure($"{exception.Message} Now {await look.SeenAsync(environment, cancellationToken)}");
        }
    }

    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) =>
        $"Now {await look.SeenAsync(environments.Get(run.Environment), cancellationToken)} Start again if machines are missing.";
}
