using Dashboard.Operations.Incidents;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.StatusPage;

/// <summary>
/// Holds the snapshot that everybody is shown. It is read again every two seconds while somebody looks, at once after an edit in this process,
/// by one reader however many wait; and the last good one is shown while the database is away.
/// </summary>
public sealed class StatusBoard : IDisposable
{
    /// <summary>For so long what was read is shown as it is.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(2);

    /// <summary>What is older is not shown before it was read again; what is younger is, while that goes on behind it.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(10);

    /// <summary>A visitor waits no longer than that for the database.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly StatusReader _reader;
    private readonly IncidentBook _incidents;
    private readonly MaintenanceWindows _windows;
    private readonly StoreState _store;
    private readonly TimeProvider _time;
    private StatusView? _view;
    private DateTimeOffset _triedAt;
    private int _edits;
    private int _seenEdits;
    private int _readingEdits;
    private Task<StatusView?>? _reading;

    public StatusBoard(StatusReader reader, IncidentBook incidents, MaintenanceWindows windows, StoreState store, TimeProvider time)
    {
        (_reader, _incidents, _windows, _store, _time) = (reader, incidents, windows, store, time);
        _incidents.Changed += Edited;
        _windows.Changed += Edited;
    }

    /// <summary>How often the store was asked; does not grow with visitors.</summary>
    internal int Reads { get; private set; }

    /// <summary>Null while nothing could be read since the start.</summary>
    public async Task<StatusView?> ReadAsync(CancellationToken cancellationToken)
    {
        Task<StatusView?> reading;
        lock (_gate)
        {
            var age = _time.GetUtcNow() - _triedAt;
            var isEdited = _seenEdits != _edits;
            if (!isEdited && age < Hold)
                return _view;

            // A reading that began before the edit may not know of it.
            if (_reading is null || _readingEdits != _edits)
            {
                var edits = _readingEdits = _edits;
                _reading = Task.Run(() => RefreshAsync(edits), CancellationToken.None);
            }

            if (_view is { } old && !isEdited && (old.IsAway || age < Oldest))
                return old;
            reading = _reading;
        }

        return await reading.WaitAsync(cancellationToken);
    }

    /// <summary>Also one that is too old for the snapshot; null when there is none that the world may see.</summary>
    /// <exception cref="TimeoutException">The database does not answer.</exception>
    public async Task<StatusIncident?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!IncidentId.IsOne(id))
            return null;
        var view = await ReadAsync(cancellationToken);
        if (view?.Snapshot.Find(id) is { } found)
            return found;

        // Whoever asks for what does not exist asks the store as seldom as everybody: there is nothing older than a page that is not full.
        if (view is not null && view.Snapshot.Past.Count < StatusReader.PastShown)
            return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await _reader.FindAsync(id, patience.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The dashboard's database does not answer.", exception);
        }
    }

    public void Dispose()
    {
        _incidents.Changed -= Edited;
        _windows.Changed -= Edited;
    }

    private void Edited()
    {
        lock (_gate)
            _edits++;
    }

    private async Task<StatusView?> RefreshAsync(int edits)
    {
        StatusSnapshot? read = null;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            read = await _reader.ReadAsync(patience.Token);
            _store.Answered();
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || exception is OperationCanceledException)
        {
            _store.Failed(exception);
        }
        finally
        {
            lock (_gate)
            {
                Reads++;
                if (edits == _readingEdits)
                    _reading = null;
            }
        }

        return Take(read, edits);
    }

    private StatusView? Take(StatusSnapshot? read, int edits)
    {
        lock (_gate)
        {
            _triedAt = _time.GetUtcNow();

            // A reading that is overtaken by one that began later knows less.
            if (read is not null && edits >= _seenEdits)
                (_view, _seenEdits) = (new StatusView(read, IsAway: false), edits);
            else if (read is null && _view is { } last)
                _view = last with { IsAway = true };

            // Nothing can be edited while the database is away.
            if (read is null)
                _seenEdits = _edits;
            return _view;
        }
    }
}

/// <summary>What is shown.</summary>
/// <param name="IsAway">The database does not answer: this is what was last known.</param>
public sealed record StatusView(StatusSnapshot Snapshot, bool IsAway);
