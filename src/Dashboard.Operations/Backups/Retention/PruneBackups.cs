using System.Globalization;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>Lets go what the retention no longer asks for on this machine: archives with their copies, leftovers of interrupted runs, what restores set aside.</summary>
public sealed class PruneBackups(BackupPruning pruning, BackupHistory history) : Operation<PruneBackups.Request>
{
    /// <param name="Tests">Test backups too, whatever their age: the end of the weekly check.</param>
    public sealed record Request(bool Tests = false);

    public override string Title => "Prune backups";

    public override string Summary => "Deletes backups older than their retention and what interrupted runs left; never the last one that is proven to restore.";

    public override bool NeedsProofIn(string environment) => true;

    public override bool StaysOnMachine => true;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken)
    {
        var items = await pruning.AllAsync(environment, request.Tests, cancellationToken);
        if (items.All(item => item.IsRoutine))
            return null;
        var proven = (await history.ListHereAsync(environment, cancellationToken)).FirstOrDefault(entry => entry.IsLastProven);
        return new Plan
        {
            Target = environment,
            Steps = [.. items.Select(item => item.Step)],
            Checks =
            [
                proven is null
                    ? new PlanCheck("A backup proven to restore stays", PlanVerdict.Warning, "No backup was ever proven; the newest good one stays. Run verify-backup first.")
                    : new PlanCheck("A backup proven to restore stays", PlanVerdict.Passed, $"{proven.Manifest.Archive} stays."),
            ],
            NotUndone = ["What is deleted here is also deleted from the places for copies, unless another machine has it too."],
            Undo = "None: a deleted backup cannot be brought back.",
        };
    }

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        // Without a plan nobody has confirmed anything: what fell due since the call waits for the next one.
        var items = await pruning.AllAsync(steps.Run.Environment, request.Tests, cancellationToken);
        if (steps.Run.Plan is null)
            items = [.. items.Where(item => item.IsRoutine)];
        await steps.BeginAsync("Delete", cancellationToken);
        var outcome = await pruning.DeleteAsync(items, steps, cancellationToken);
        var gone = outcome.Gone.Where(item => !item.IsRoutine).ToList();
        var message = items.All(item => item.IsRoutine)
            ? "Nothing was due."
            : string.Create(CultureInfo.InvariantCulture, $"{gone.Count} of {items.Count(item => !item.IsRoutine)} went; {gone.Sum(item => item.Bytes):N0} bytes were freed.");
        return outcome.Problems.Count == 0
            ? OperationResult.Success($"{message}{outcome.Left}")
            : OperationResult.Failure($"Not everything could be deleted: {message}{outcome.Left} What is left stays whole; start it again when the disk answers.");
    }
}
