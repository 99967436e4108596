using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Where deployment events are added, by runs and by other pipelines alike. Events that come while others are being written are written together
/// in one call, so that ten thousand at once are a dozen calls and not ten thousand.
/// </summary>
public sealed class EventLog(DashboardDatabase database, TimeProvider time) : IDisposable
{
    /// <summary>How long after its end a week may still get an event that waited for the database.</summary>
    public static readonly TimeSpan WeekPatience = TimeSpan.FromHours(1);

    private const int DuplicateKey = 11000;
    private const int MostTogether = 1_000;

    private static readonly InsertManyOptions EachByItself = new() { IsOrdered = false };

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private Batch? _gathering;

    /// <summary>Adds the event; false when one of the same id is there already, which is then the one that counts.</summary>
    public async Task<bool> AddAsync(DeploymentEvent added, CancellationToken cancellationToken)
    {
        var (batch, index, isFirst) = Join(added with { At = MomentOf(added), IsUnsummed = true });

        // Not by the token of whoever came first: others are in the batch too.
        if (isFirst)
            _ = WriteAsync(batch);
        var refused = await batch.Written.Task.WaitAsync(cancellationToken);
        return !refused.Contains(index);
    }

    public void Dispose() => _turn.Dispose();

    private (Batch Batch, int Index, bool IsFirst) Join(DeploymentEvent added)
    {
        lock (_gate)
        {
            var isFirst = _gathering is null;
            var batch = _gathering ??= new Batch();
            batch.Events.Add(added);
            if (batch.Events.Count == MostTogether)
                _gathering = null;
            return (batch, batch.Events.Count - 1, isFirst);
        }
    }

    private async Task WriteAsync(Batch batch)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            Close(batch);
            batch.Written.SetResult(await InsertAsync(batch.Events));
        }
        catch (Exception exception)
        {
            // It is everybody's who waits for the batch; here it has no one to go to.
            batch.Written.SetException(exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Close(Batch batch)
    {
        lock (_gate)
        {
            if (_gathering == batch)
                _gathering = null;
        }
    }

    /// <returns>Which of them were there already.</returns>
    private async Task<IReadOnlySet<int>> InsertAsync(IReadOnlyList<DeploymentEvent> events)
    {
        try
        {
            await database.DeploymentEvents.InsertManyAsync(events, EachByItself, CancellationToken.None);
            return new HashSet<int>();
        }
        catch (MongoBulkWriteException<DeploymentEvent> exception) when (exception.WriteConcernError is null && exception.WriteErrors.All(error => error.Code == DuplicateKey))
        {
            return exception.WriteErrors.Select(error => error.Index).ToHashSet();
        }
    }

    /// <summary>An event that comes when its week is closed is kept as of now: what was given out of a closed week stays true.</summary>
    private DateTimeOffset MomentOf(DeploymentEvent added)
    {
        var now = time.GetUtcNow();
        return IsoWeek.Of(added.At).To + WeekPatience <= now ? now : added.At;
    }

    private sealed class Batch
    {
        public List<DeploymentEvent> Events { get; } = [];

        public TaskCompletionSource<IReadOnlySet<int>> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
