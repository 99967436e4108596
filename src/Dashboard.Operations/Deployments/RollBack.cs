using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>
/// Goes back to an earlier version. By itself it decides from facts what that needs: the images still there, what was migrated since, whether that can
/// be taken back. It looks afterwards that the earlier version answers, and never reports a success that it did not see.
/// </summary>
public sealed class RollBack(RollbackPlanner planner, RollbackRun rollback, DeploymentRecovery recovery) : Operation<RollBack.Request>
{
    /// <param name="Type">Auto: what the facts ask for.</param>
    /// <param name="To">A release: its id, the platform's number, or its image. Null: the newest before the present one that was good.</param>
    /// <param name="Steps">For type migration: how many are taken back.</param>
    /// <param name="Archive">For type database, and for auto where a backup is needed: which. Null: the newest good one of before the migrations that must go.</param>
    /// <param name="Emergency">Outside the window or on another day.</param>
    public sealed record Request(
        RollbackType Type = RollbackType.Auto,
        [property: StringLength(500, MinimumLength = 1)] string? To = null,
        [property: Range(1, 50)] int Steps = 1,
        [property: StringLength(4096, MinimumLength = 1)] string? Archive = null,
        bool Emergency = false);

    public enum RollbackType
    {
        Auto,

        /// <summary>The version alone; the database stays as it is.</summary>
        App,

        /// <summary>The last migrations alone; the version stays as it is.</summary>
        Migration,

        /// <summary>The database alone, from a backup.</summary>
        Database,
    }

    public override string Title => "Roll back";

    public override string Summary => "Goes back to the version before, with the migrations or the backup that this needs, and looks that it answers.";

    public override Role Needs => Role.Operator;

    public override bool NeedsProofIn(string environment) => true;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, Door door, CancellationToken cancellationToken) =>
        await planner.PlanAsync(request, environment, door == Door.CommandLine, cancellationToken);

    protected override Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken) =>
        rollback.RunAsync(request, steps, cancellationToken);

    /// <summary>Repeats nothing: looks at machines, migrations and the database, and says what a person must decide.</summary>
    protected internal override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) => recovery.RecoverAsync(run, cancellationToken);
}
