using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>
/// Puts a backup in the place of a live database: loads it beside, compares it, and only then swaps the names, so that a failure at any
/// moment leaves the database entirely old or entirely new. What was there before is saved first and kept beside until it expires.
/// </summary>
public sealed class RestoreBackup(RestorePlanner planner, RestoreDryRun dryRun, RestoreRun restore, RestoreRecovery recovery, BackupWriter writer)
    : Operation<RestoreBackup.Request>
{
    /// <param name="Archive">An archive's name in the backup folder; on the command line also a path. Null: the newest of the environment that is proven whole.</param>
    /// <param name="TargetDatabase">Null: the environment's own. Another name gets what the archive holds under that name.</param>
    /// <param name="SourceDatabase">Which database of the archive, where it holds several.</param>
    /// <param name="DryRun">Reads the whole archive and says what would happen; changes nothing.</param>
    /// <param name="AllowUnproven">Also an archive that nobody has proven, or against which something speaks.</param>
    /// <param name="AllowOtherEnvironment">Also a backup of another environment, database or application.</param>
    /// <param name="AllowLittleRoom">Also where the server tells that it has less room than the copy may need.</param>
    /// <param name="Verify">False: what was loaded is counted, but not read back and compared byte by byte.</param>
    public sealed record Request(
        [property: StringLength(4096, MinimumLength = 1)] string? Archive = null,
        [property: StringLength(200, MinimumLength = 1)] string? TargetDatabase = null,
        [property: StringLength(200, MinimumLength = 1)] string? SourceDatabase = null,
        bool DryRun = false,
        bool AllowUnproven = false,
        bool AllowOtherEnvironment = false,
        bool AllowLittleRoom = false,
        bool Verify = true);

    public override string Title => "Restore";

    public override string Summary => "Loads a backup beside the live database, compares it, and swaps the names; what was there before is kept, and undo-restore brings it back.";

    public override Role Needs => Role.Operator;

    public override bool NeedsProofIn(string environment) => true;

    public override EventPhase? Phase => EventPhase.Rollback;

    protected override bool TakesLeaseFor(Request request) => !request.DryRun;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, Door door, CancellationToken cancellationToken) =>
        request.DryRun ? null : await planner.PlanAsync(request, environment, door == Door.CommandLine, cancellationToken);

    protected override Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken) => request.DryRun
        ? dryRun.RunAsync(request, steps, cancellationToken)
        : restore.RunAsync(request, steps, cancellationToken);

    /// <summary>Brings the database to one of its two ends and says which it is.</summary>
    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        if (!run.TakesLease)
            return null;
        string?[] done = [await recovery.RecoverAsync(run, cancellationToken), writer.Clear(run.Id)];
        return done.Any(text => text is not null) ? string.Join("; ", done.OfType<string>()) : null;
    }
}
