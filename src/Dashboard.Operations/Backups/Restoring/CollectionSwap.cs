using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Carries a swap forward to its end, from wherever it stands; waits while the database is away.</summary>
/// <param name="confirm">Fails when another run may have begun; asked right before each change.</param>
/// <param name="tell">Takes the sentences for the run's log.</param>
internal sealed class CollectionSwap(IMongoDatabase database, RestoreJournal journal, Func<CancellationToken, Task> confirm, Action<string> tell)
{
    private const int NamespaceNotFound = 26;
    private const int NamespaceExists = 48;
    private const int MostRefusals = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly IMongoDatabase _database = database.WithWriteConcern(WriteConcern.WMajority);
    private readonly List<string> _strays = [];
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private int _refusals;

    /// <summary>Where the strays went, by their names now.</summary>
    public IReadOnlyList<string> Strays => _strays;

    /// <summary>Returns when every name is what it is to be.</summary>
    /// <exception cref="UnfinishedException">It cannot be done now; what is done stays done, and the next try goes on from there.</exception>
    public async Task ForwardAsync(RestoreRecord record, CancellationToken cancellationToken)
    {
        // Views last, so that a view is never made over a name that a collection still has to leave.
        foreach (var name in record.Names.OrderBy(name => name.IsView))
        {
            while (!await TryStepAsync(record, name, cancellationToken))
            {
            }
        }
    }

    /// <summary>True when nothing is left to do for the name.</summary>
    private async Task<bool> TryStepAsync(RestoreRecord record, SwapName name, CancellationToken cancellationToken)
    {
        try
        {
            var look = await DatabaseLook.AtAsync(_database, SwapNames.Around(record, name), cancellationToken);
            // A server may show a view in other words than those it was made with.
            if (SwapMove.Next(name, record, look) is not { } move || (move is SwapMove.DropView && _made.Contains(name.Name)))
                return true;
            if (move is SwapMove.Stuck stuck)
                throw new UnfinishedException($"{stuck.Why}, then start it again or let the dashboard's watch go on.");
            await DoAsync(record, move, cancellationToken);
            _refusals = 0;
            return false;
        }
        catch (MongoCommandException exception) when (exception.Code is NamespaceExists or NamespaceNotFound)
        {
            // Somebody was faster: the application, or a process that does the same swap. Look again.
            await PauseAsync(exception, cancellationToken);
            return false;
        }
        catch (MongoCommandException exception)
        {
            await PauseAsync(exception, cancellationToken);
            return false;
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            tell($"The database does not answer; waiting for it. ({exception.GetBaseException().Message})");
            await Task.Delay(Pause * 4, cancellationToken);
            return false;
        }
    }

    private async Task PauseAsync(MongoCommandException exception, CancellationToken cancellationToken)
    {
        if (++_refusals > MostRefusals)
            throw new UnfinishedException($"The server refuses to go on with the swap: {exception.Message}", exception);
        await Task.Delay(Pause, cancellationToken);
    }

    private async Task DoAsync(RestoreRecord record, SwapMove move, CancellationToken cancellationToken)
    {
        await confirm(cancellationToken);
        switch (move)
        {
            case SwapMove.Rename rename:
                await RenameAsync(rename, cancellationToken);
                break;
            case SwapMove.DropView drop:
                await DropViewAsync(record, drop.Name, cancellationToken);
                break;
            case SwapMove.MakeView view:
                await MakeViewAsync(record, view.Name, BsonDocument.Parse(view.Definition), cancellationToken);
                break;
            case SwapMove.HoldName hold:
                await MakeViewAsync(record, hold.Name, new BsonDocument { ["viewOn"] = WorkingNames.Held, ["pipeline"] = new BsonArray() }, cancellationToken);
                break;
        }
    }

    private async Task RenameAsync(SwapMove.Rename rename, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.SwapRenames, $"{rename.From} → {rename.To}");
        await _database.RenameCollectionAsync(rename.From, rename.To, cancellationToken: cancellationToken);
        await Failpoints.HitAsync(Failpoints.SwapRenamed, $"{rename.From} → {rename.To}");
        if (!rename.IsStray)
            return;
        _strays.Add(rename.To);
        tell($"Somebody made '{rename.From}' in the middle of the swap; it is kept as '{rename.To}'. Is the application stopped?");
    }

    /// <summary>
    /// The one change that a name does not fence: so the record is asked right before it, and a collection of the name is never dropped
    /// because a name that changes between view and collection is refused before.
    /// </summary>
    private async Task DropViewAsync(RestoreRecord record, string name, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.SwapDrops, name);
        await ThrowIfOverAsync(record, cancellationToken);
        var look = await DatabaseLook.AtAsync(_database, [name], cancellationToken);
        if (look.KindOf(name) == SwapKind.View)
            await _database.DropCollectionAsync(name, cancellationToken);
        await Failpoints.HitAsync(Failpoints.SwapDropped, name);
    }

    private async Task MakeViewAsync(RestoreRecord record, string name, BsonDocument definition, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.SwapMakes, name);
        await ThrowIfOverAsync(record, cancellationToken);
        var create = new BsonDocument("create", name).AddRange(definition).Add("writeConcern", new BsonDocument("w", "majority"));
        await _database.RunCommandAsync<BsonDocument>(create, cancellationToken: cancellationToken);
        await Failpoints.HitAsync(Failpoints.SwapMade, name);
        _made.Add(name);
    }

    private async Task ThrowIfOverAsync(RestoreRecord record, CancellationToken cancellationToken)
    {
        if ((await journal.FindAsync(record.Id, cancellationToken))?.State != RestoreState.Swapping)
            throw new UnfinishedException($"The swap {record.Told} was finished by somebody else.");
    }
}
