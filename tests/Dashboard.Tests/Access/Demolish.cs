using Dashboard.Operations.Running;

namespace Dashboard.Tests.Access;

/// <summary>An operation that asks whoever wants it to prove again who he is.</summary>
internal sealed class Demolish(World world) : Operation<Demolish.Wish>
{
    public override string Title => "Demolish";

    public override string Summary => "Does nothing, and says that it did.";

    public override bool NeedsProofIn(string environment) => true;

    protected override Task<Plan?> PlanAsync(Wish request, string environment, CancellationToken cancellationToken) =>
        Task.FromResult<Plan?>(new Plan { Target = environment, Steps = [new PlanStep($"Demolish {world.Detail}")], Undo = "None." });

    protected override Task<OperationResult> RunAsync(Wish request, OperationSteps steps, CancellationToken cancellationToken) => Task.FromResult(OperationResult.Success("It is gone."));

    internal sealed record Wish;
}

/// <summary>What the plan is made of.</summary>
internal sealed class World
{
    public string Detail { get; set; } = "the wall";
}
