using Dashboard.Operations.Running;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>The point of no return and what comes after it: the record says so first, then the names are changed, then the record says that they are.</summary>
internal sealed class RestoreSwap(RestoreJournal journal, TimeProvider time)
{
    /// <summary>Writes into the record what every name was and is to be. From here on there is only forward.</summary>
    /// <exception cref="LeaseLostException">The run was given up, and its record with it; nothing was changed.</exception>
    public async Task<RestoreRecord> BeginAsync(RestoreRecord proven, IReadOnlyList<SwapName> names, CancellationToken cancellationToken)
    {
        var swapping = proven with { State = RestoreState.Swapping, Names = names };
        return await journal.MoveAsync(swapping, proven.State, cancellationToken)
            ? swapping
            : throw new LeaseLostException($"Run {proven.Id} was given up while its process was away; the live database is as it was.");
    }

    /// <summary>Changes the names, from wherever the swap stands.</summary>
    /// <param name="keep">How long what was there before is kept.</param>
    /// <exception cref="UnfinishedException">It cannot be brought to its end now.</exception>
    public async Task<RestoreRecord> ForwardAsync(
        IMongoDatabase database, RestoreRecord swapping, TimeSpan keep, Func<CancellationToken, Task> confirm, Action<string> tell, CancellationToken cancellationToken)
    {
        var swap = new CollectionSwap(database, journal, confirm, tell);
        await swap.ForwardAsync(swapping, cancellationToken);
        var now = time.GetUtcNow();
        if (swapping.Undoes is { } undone)
            await MarkUndoneAsync(undone, swapping.Id, cancellationToken);
        var swapped = swapping with { State = RestoreState.Swapped, SwappedAt = now, ExpiresAt = now + keep, Strays = swap.Strays };
        return await journal.MoveAsync(swapped, RestoreState.Swapping, cancellationToken)
            ? swapped
            : throw new UnfinishedException($"The record of the restore {swapping.Told} changed meanwhile.");
    }

    private async Task MarkUndoneAsync(string undone, string by, CancellationToken cancellationToken)
    {
        if (await journal.FindAsync(undone, cancellationToken) is { State: RestoreState.Swapped } record)
            await journal.MoveAsync(record with { State = RestoreState.Undone, UndoneBy = by }, RestoreState.Swapped, cancellationToken);
    }
}
