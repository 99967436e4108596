using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Brings new events into the sums. An event says itself that it is new, each step may be repeated, and a sum is only stored over the one that it
/// was counted after: a crash between any two writes neither loses nor doubles, and processes that fold at the same time agree.
/// </summary>
public sealed class MetricFold(DashboardDatabase database, EventAssignment assignment, SumMarks marks, SumCount count) : IDisposable
{
    /// <summary>Enough for whoever asks for figures right after many events; what is left then is said.</summary>
    public const int MostBatchesForAnAnswer = 20;

    private const int BatchSize = 1_000;
    private const int MarksAtOnce = 500;

    /// <summary>Within a process one after another; between processes the stored versions decide.</summary>
    private readonly SemaphoreSlim _folding = new(1);

    public void Dispose() => _folding.Dispose();

    /// <summary>True when every event that was there at the call is in the sums.</summary>
    public async Task<bool> FoldAsync(int mostBatches, CancellationToken cancellationToken)
    {
        if (!await IsNeededAsync(cancellationToken))
            return true;
        await _folding.WaitAsync(cancellationToken);
        try
        {
            var isWhole = await AssignAsync(mostBatches, cancellationToken);
            await assignment.MarkAsync(cancellationToken);
            await CountAsync(cancellationToken);
            return isWhole;
        }
        finally
        {
            _folding.Release();
        }
    }

    /// <summary>How many events are in no sum yet.</summary>
    public Task<long> WaitingAsync(CancellationToken cancellationToken) =>
        database.DeploymentEvents.CountDocumentsAsync(told => told.IsUnsummed == true, cancellationToken: cancellationToken);

    private async Task<bool> IsNeededAsync(CancellationToken cancellationToken)
    {
        var isNeeded = await Task.WhenAll(
            database.DeploymentEvents.Find(told => told.IsUnsummed == true).AnyAsync(cancellationToken),
            database.Deployments.Find(Builders<DeploymentRecord>.Filter.Exists(deployment => deployment.Uncounted)).AnyAsync(cancellationToken),
            database.SumMarks.Find(Builders<SumMark>.Filter.Empty).AnyAsync(cancellationToken));
        return isNeeded.Contains(true);
    }

    private async Task<bool> AssignAsync(int mostBatches, CancellationToken cancellationToken)
    {
        for (var batch = 0; batch < mostBatches; batch++)
        {
            var events = await database.DeploymentEvents.Find(told => told.IsUnsummed == true).Limit(BatchSize).ToListAsync(cancellationToken);
            if (events.Count == 0)
                return true;
            if (await assignment.TryAsync(events, cancellationToken) && events.Count < BatchSize)
                return true;
        }

        return false;
    }

    /// <summary>The shortest first: what is above them is counted from them.</summary>
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        while (await marks.ListAsync(MarksAtOnce, cancellationToken) is { Count: > 0 } marked)
        {
            var level = marked.Min(mark => mark.Level);
            foreach (var mark in marked.Where(mark => mark.Level == level))
                await count.TryAsync(mark, cancellationToken);
        }
    }
}
