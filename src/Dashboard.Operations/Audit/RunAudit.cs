using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Audit;

/// <summary>
/// What the trail says of runs: one entry before a run is stored, and one of how it ended, whoever ended it. A run is marked once its end is in the
/// trail; where a process was killed between the two, the next look finds the entry and writes no second one.
/// </summary>
public sealed partial class RunAudit(DashboardDatabase database, AuditTrail trail, TimeProvider time, ILogger<RunAudit> logger)
{
    private const int AtOnce = 100;

    /// <summary>Longer than an entry may take, so that of two processes that look one writes it.</summary>
    private static readonly TimeSpan ClaimLength = 4 * AuditTrail.Patience;

    public static AuditFact FactOf(Run run, Asker asker) => asker.Fact(run.Operation, run.Plan?.Target ?? run.Environment) with
    {
        Environment = run.Environment,
        After = run.Request,
        Reason = run.Reason,
        PlanHash = run.Plan?.Hash,
        Approval = run.BrokeGlass ? "none: broke the glass" : run.ApprovedBy,
        RequestId = run.Id,
    };

    /// <summary>Of one run, right after its end; what cannot be written now, the next look writes.</summary>
    public async Task TellEndAsync(string runId)
    {
        try
        {
            if (await database.Runs.Find(run => run.Id == runId && run.IsAudited == false).FirstOrDefaultAsync() is { IsActive: false } ended)
                await TellAsync(ended, CancellationToken.None);
        }
        catch (Exception exception) when (exception is AuditException || StoreFailure.Is(exception))
        {
            LogWaits(logger, runId, exception);
        }
    }

    /// <summary>Of every run that has ended and does not have its entry yet.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var ended = await database.Runs
            .Find(run => run.IsAudited == false && run.State != RunState.Queued && run.State != RunState.Running)
            .SortBy(run => run.Id).Limit(AtOnce).ToListAsync(cancellationToken);
        foreach (var run in ended)
            await TellAsync(run, cancellationToken);
    }

    private async Task TellAsync(Run run, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var claimed = await database.Runs.UpdateOneAsync(
            stored => stored.Id == run.Id && stored.IsAudited == false && (stored.AuditClaimedUntil == null || stored.AuditClaimedUntil < now),
            Builders<Run>.Update.Set(stored => stored.AuditClaimedUntil, now + ClaimLength),
            cancellationToken: cancellationToken);
        if (claimed.ModifiedCount == 0)
            return;
        var entries = await database.AuditEntries.Find(entry => entry.Fact.RequestId == run.Id).ToListAsync(cancellationToken);
        if (entries.Find(entry => entry.Fact.Outcome == AuditOutcome.Asked) is { } asked && entries.TrueForAll(entry => entry.Fact.Outcome == AuditOutcome.Asked))
            await trail.AppendAsync(asked.Fact with { Outcome = run.State == RunState.Succeeded ? AuditOutcome.Done : AuditOutcome.Failed, After = run.Message }, cancellationToken);
        await database.Runs.UpdateOneAsync(stored => stored.Id == run.Id, Builders<Run>.Update.Set(stored => stored.IsAudited, true), cancellationToken: cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of run {RunId} is not in the audit trail yet; it is written as soon as the dashboard's database takes it")]
    private static partial void LogWaits(ILogger logger, string runId, Exception exception);
}
