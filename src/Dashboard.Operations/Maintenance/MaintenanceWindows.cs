using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Maintenance;

/// <summary>The windows of every environment. Each change names the state that it expects, so that a process that slept through its lease is refused.</summary>
public sealed class MaintenanceWindows(DashboardDatabase database, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<MaintenanceWindow> Is = Builders<MaintenanceWindow>.Filter;
    private static readonly UpdateDefinitionBuilder<MaintenanceWindow> Set = Builders<MaintenanceWindow>.Update;
    private readonly IMongoCollection<MaintenanceWindow> _windows = database.MaintenanceWindows;

    /// <summary>After every change that was made here; whoever keeps a copy reads again.</summary>
    public event Action? Changed;

    /// <summary>The window that is open now: while there is one, alerts of the environment are silent and its uptime is not counted.</summary>
    public async Task<MaintenanceWindow?> OpenAsync(string environment, CancellationToken cancellationToken) =>
        await _windows.Find(window => window.Environment == environment && window.State == WindowState.Open).SortByDescending(window => window.Id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Every window of every environment that was open at some time since then.</summary>
    public async Task<IReadOnlyList<MaintenanceWindow>> OpenSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        [.. (await _windows.Find(Is.Eq(window => window.State, WindowState.Open) | Is.Gte(window => window.ClosedAt, since)).ToListAsync(cancellationToken)).Where(window => window.OpenedAt is not null)];

    public async Task<MaintenanceWindow?> FindAsync(string id, CancellationToken cancellationToken) =>
        await _windows.Find(window => window.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Planned and open ones, the next first.</summary>
    public async Task<IReadOnlyList<MaintenanceWindow>> AheadAsync(CancellationToken cancellationToken) =>
        await _windows.Find(Is.In(window => window.State, [WindowState.Planned, WindowState.Open])).SortBy(window => window.Start).Limit(500).ToListAsync(cancellationToken);

    /// <summary>Closed and cancelled ones, newest first.</summary>
    public async Task<IReadOnlyList<MaintenanceWindow>> PastAsync(int limit, CancellationToken cancellationToken) =>
        await _windows.Find(Is.In(window => window.State, [WindowState.Closed, WindowState.Cancelled])).SortByDescending(window => window.Start).Limit(limit).ToListAsync(cancellationToken);

    /// <summary>Planned or open windows of the environment that share a moment with the span, but for one of that id.</summary>
    public async Task<MaintenanceWindow?> OverlappingAsync(string environment, DateTimeOffset start, DateTimeOffset end, string? exceptId, CancellationToken cancellationToken) =>
        (await AheadAsync(cancellationToken)).FirstOrDefault(window => window.Environment == environment && window.Id != exceptId && window.Start < end && start < LastMomentOf(window));

    /// <summary>The newest change that was made to the environment's mode; null when there was none.</summary>
    public async Task<MaintenanceWindow?> LatestChangedAsync(string environment, CancellationToken cancellationToken) =>
        await _windows.Find(window => window.Environment == environment && window.Token > 0).SortByDescending(window => window.Token).FirstOrDefaultAsync(cancellationToken);

    internal async Task InsertAsync(MaintenanceWindow window, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.WindowStores, window.Id);
        await _windows.InsertOneAsync(window, cancellationToken: cancellationToken);
        Changed?.Invoke();
        await Failpoints.HitAsync(Failpoints.WindowStored, window.Id);
    }

    internal async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await _windows.DeleteOneAsync(window => window.Id == id && window.State == WindowState.Planned, cancellationToken);
        Changed?.Invoke();
    }

    /// <summary>Planned → Cancelled; false when it was not planned any more.</summary>
    internal Task<bool> CancelAsync(string id, string actor, string runId, CancellationToken cancellationToken) =>
        ChangeAsync(
            Is.Eq(window => window.Id, id) & Is.Eq(window => window.State, WindowState.Planned),
            Set.Set(window => window.State, WindowState.Cancelled).Set(window => window.ClosedAt, time.GetUtcNow()).Set(window => window.ClosedBy, actor).AddToSet(window => window.RunIds, runId),
            cancellationToken);

    /// <summary>Planned → Open, or a new open one; written before anything is switched.</summary>
    /// <exception cref="InvalidOperationException">It was cancelled meanwhile.</exception>
    internal async Task OpenAsync(MaintenanceWindow open, bool isNew, CancellationToken cancellationToken)
    {
        if (isNew)
        {
            await InsertAsync(open, cancellationToken);
            return;
        }

        await Failpoints.HitAsync(Failpoints.WindowStores, open.Id);
        var planned = Is.Eq(window => window.Id, open.Id) & Is.Eq(window => window.State, WindowState.Planned);
        if ((await _windows.ReplaceOneAsync(planned, open, cancellationToken: cancellationToken)).MatchedCount == 0)
            throw new InvalidOperationException($"The window {open.Id} is not planned any more; nothing was switched.");
        Changed?.Invoke();
        await Failpoints.HitAsync(Failpoints.WindowStored, open.Id);
    }

    /// <summary>Announces that the run is about to switch the mode of an open window.</summary>
    internal Task<bool> BeginChangeAsync(string id, string runId, long token, CancellationToken cancellationToken) =>
        ChangeAsync(
            Open(id),
            Set.Set(window => window.ChangingRun, runId).Set(window => window.Token, token).AddToSet(window => window.RunIds, runId),
            cancellationToken);

    /// <summary>The run is done with switching, and the window stays open.</summary>
    internal Task<bool> EndChangeAsync(string id, string runId, bool seen, CancellationToken cancellationToken)
    {
        var update = Set.Set(window => window.ChangingRun, null);
        return ChangeAsync(
            Open(id) & Is.Eq(window => window.ChangingRun, runId),
            seen ? update.Set(window => window.SeenAt, time.GetUtcNow()) : update,
            cancellationToken);
    }

    /// <summary>Open → Closed by the run that is switching it; false when another took that right.</summary>
    internal Task<bool> CloseAsync(string id, string runId, string actor, CancellationToken cancellationToken) => EndAsync(id, runId, actor, WindowState.Closed, cancellationToken);

    /// <summary>Open → as it was before: it could not be switched on. One that was planned can be tried again.</summary>
    internal Task<bool> AbandonAsync(string id, string runId, string actor, bool wasPlanned, CancellationToken cancellationToken) => wasPlanned
        ? ChangeAsync(
            Open(id) & Is.Eq(window => window.ChangingRun, runId),
            Set.Set(window => window.State, WindowState.Planned).Set(window => window.ChangingRun, null).Set(window => window.OpenedAt, null).Set(window => window.OpenedBy, null),
            cancellationToken)
        : EndAsync(id, runId, actor, WindowState.Cancelled, cancellationToken);

    /// <summary>The open window that the run was switching; null when it had not begun, was done, or another run has taken over.</summary>
    internal async Task<MaintenanceWindow?> ChangedByAsync(string runId, CancellationToken cancellationToken) =>
        await _windows.Find(window => window.ChangingRun == runId && window.State == WindowState.Open).FirstOrDefaultAsync(cancellationToken);

    /// <summary>True for the one caller that noted it first.</summary>
    internal Task<bool> NoteOverdueAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(Open(id) & Is.Eq(window => window.OverdueNotedAt, null), Set.Set(window => window.OverdueNotedAt, time.GetUtcNow()), cancellationToken);

    private Task<bool> EndAsync(string id, string runId, string actor, WindowState state, CancellationToken cancellationToken) =>
        ChangeAsync(
            Open(id) & Is.Eq(window => window.ChangingRun, runId),
            Set.Set(window => window.State, state).Set(window => window.ClosedAt, time.GetUtcNow()).Set(window => window.ClosedBy, actor).Set(window => window.ChangingRun, null),
            cancellationToken);

    private DateTimeOffset LastMomentOf(MaintenanceWindow window)
    {
        // An open one goes on until somebody ends it.
        var now = time.GetUtcNow();
        return window.IsOverdue(now) ? now : window.End;
    }

    private static FilterDefinition<MaintenanceWindow> Open(string id) => Is.Eq(window => window.Id, id) & Is.Eq(window => window.State, WindowState.Open);

    private async Task<bool> ChangeAsync(FilterDefinition<MaintenanceWindow> filter, UpdateDefinition<MaintenanceWindow> update, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.WindowStores, string.Empty);
        var changed = await _windows.UpdateOneAsync(filter, update, cancellationToken: cancellationToken);
        Changed?.Invoke();
        await Failpoints.HitAsync(Failpoints.WindowStored, string.Empty);
        return changed.MatchedCount == 1;
    }
}
