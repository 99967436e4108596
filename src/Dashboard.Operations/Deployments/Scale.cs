using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>Changes how many machines there are; fewer of them is a danger and has a plan, more is none.</summary>
public sealed class Scale(IPlatform platform) : Operation<Scale.Request>
{
    public sealed record Request([property: Range(0, 50)] int Machines);

    public override string Title => "Scale";

    public override string Summary => "Changes the number of machines. More help against load; fewer destroys what is too many, and 0 takes the application away.";

    public override Role Needs => Role.Operator;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken)
    {
        try
        {
            var now = (await platform.StatusAsync(environment, cancellationToken)).Machines.Count;
            return request.Machines >= now ? null : Plan(request, environment, now);
        }
        catch (PlatformException exception)
        {
            return new Plan { Target = environment, Steps = [], Checks = [new PlanCheck("Machines", PlanVerdict.Blocked, exception.Message)], Undo = "Nothing would be changed." };
        }
    }

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Look at the machines", cancellationToken);
        var environment = steps.Run.Environment;
        try
        {
            var now = (await platform.StatusAsync(environment, cancellationToken)).Machines.Count;
            if (now == request.Machines)
                return OperationResult.Success($"{environment} has {Counted.Machines(now)} already; nothing was done.");
            await steps.BeginAsync(string.Create(CultureInfo.InvariantCulture, $"Scale from {now} to {request.Machines}"), cancellationToken);
            await steps.ConfirmLeaseAsync(cancellationToken);
            await platform.ScaleAsync(new PlatformCall.Scale(environment, request.Machines), steps.Log, cancellationToken);
            return OperationResult.Success(string.Create(CultureInfo.InvariantCulture, $"{environment} has {Counted.Machines(request.Machines)} now; before it had {now}."));
        }
        catch (PlatformException exception)
        {
            return OperationResult.Failure($"{exception.Message} {await CountAsync(environment, cancellationToken)}");
        }
    }

    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) =>
        $"{await CountAsync(run.Environment, cancellationToken)} Scale again if that is not what it should be.";

    private Plan Plan(Request request, string environment, int now) => new()
    {
        Target = environment,
        Steps = [.. platform.Describe(new PlatformCall.Scale(environment, request.Machines)).Select(command => new PlanStep(command))],
        Checks = request.Machines > 0 ? [] :
        [
            new PlanCheck("Destroys every machine", PlanVerdict.Warning, "Nothing can start them again but another scale or deployment. stop-application stops them and keeps them: start-application brings them back."),
        ],
        NotUndone = ["What the machines that go hold on their own disks."],
        Undo = string.Create(CultureInfo.InvariantCulture, $"scale to {now}."),
    };

    private async Task<string> CountAsync(string environment, CancellationToken cancellationToken)
    {
        try
        {
            var status = await platform.StatusAsync(environment, cancellationToken);
            return $"{Counted.Of(status.Machines.Count, "machine is", "machines are")} there, {status.Machines.Count(machine => machine.State == MachineState.Healthy)} of them healthy.";
        }
        catch (PlatformException)
        {
            return "How many machines are there now cannot be told.";
        }
    }
}
