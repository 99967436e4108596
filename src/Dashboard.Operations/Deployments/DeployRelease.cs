using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>
/// Brings a version of the application to an environment: backup, migrations, machines, and then a look at what really answers. What fails goes
/// back by itself where the environment's settings say so, and the run says what was found afterwards.
/// </summary>
public sealed class DeployRelease(DeployPlanner planner, DeployRun deploy, DeploymentRecovery recovery) : Operation<DeployRelease.Request>
{
    /// <param name="Image">What the platform runs, for instance <c>dnd-tracker:1.1.0</c>.</param>
    /// <param name="Version">What the application has to say of itself afterwards. Null: the image's tag, where that is a version.</param>
    /// <param name="Migrations">Null: as <c>migrations.autoRun</c> says.</param>
    /// <param name="SkipBackup">No backup before, though <c>migrations.backupEnabled</c> asks for one.</param>
    /// <param name="Emergency">Outside the window or on another day.</param>
    public sealed record Request(
        [property: Required, StringLength(500, MinimumLength = 1), RegularExpression(@"[A-Za-z0-9][\w.\-/:@+]*", ErrorMessage = "is not the reference of an image")] string Image,
        [property: StringLength(100, MinimumLength = 1)] string? Version = null,
        MigrationChoice? Migrations = null,
        bool SkipBackup = false,
        bool Emergency = false);

    public enum MigrationChoice
    {
        Run,
        Skip,
    }

    public override string Title => "Deploy";

    public override string Summary => "Backs up, migrates and releases a version, then looks that it answers; a failure goes back by itself where the settings say so.";

    public override Role Needs => Role.Operator;

    public override bool NeedsProofIn(string environment) => environment == "production";

    protected override Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken) =>
        planner.PlanAsync(request, environment, cancellationToken);

    protected override Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken) =>
        deploy.RunAsync(request, steps, cancellationToken);

    /// <summary>Repeats nothing: looks at machines and migrations, and says what a person must decide.</summary>
    protected internal override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) => recovery.RecoverAsync(run, cancellationToken);
}
