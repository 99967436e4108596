using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Deployments;

/// <summary>Keeps one release's record true while it is made: each phase is stored when it begins and when it ends, and counted as an event.</summary>
/// <param name="goesBackFrom">Of a rollback: the deployment that it goes back from.</param>
internal sealed class ReleaseLog(Release release, ReleaseLedger ledger, EventOutbox outbox, OperationSteps steps, TimeProvider time, string? goesBackFrom = null)
{
    private DateTimeOffset _began;

    public Release Release { get; private set; } = release;

    public async Task BeginAsync(ReleasePhase phase, CancellationToken cancellationToken)
    {
        _began = time.GetUtcNow();
        await AddAsync(new ReleaseEvent(phase, PhaseState.Started, _began), cancellationToken);
    }

    public Task EndAsync(ReleasePhase phase, PhaseState state, string? note, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return AddAsync(new ReleaseEvent(phase, state, now, now - _began, note), cancellationToken);
    }

    /// <summary>The version that nobody could tell from the image; it is stored with the next phase.</summary>
    public void Know(string? version) => Release = Release with { Version = Release.Version ?? version };

    public async Task NumberAsync(int number, CancellationToken cancellationToken)
    {
        Release = Release with { Number = number };
        if (!await ledger.TryNumberAsync(Release, number, cancellationToken))
            throw GivenUp();
    }

    /// <exception cref="LeaseLostException">The run was given up while its process was away.</exception>
    public async Task SaveAsync(Release changed, CancellationToken cancellationToken)
    {
        Release = changed;
        if (!await ledger.TrySaveAsync(changed, cancellationToken))
            throw GivenUp();
    }

    /// <summary>The last word on the release. The run's own outcome says the same, so a database that is away now does not change it.</summary>
    public async Task EndAsync(ReleaseState state, string message, CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(Release with { State = state, Message = message, EndedAt = time.GetUtcNow() }, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            steps.Warn($"The record of the release could not be written: {exception.GetBaseException().Message}");
        }
    }

    // A run that was given up counts nothing more; one whose database is away still does.
    private async Task AddAsync(ReleaseEvent added, CancellationToken cancellationToken)
    {
        var counted = EventOf(added);
        try
        {
            await SaveAsync(Release with { Events = [.. Release.Events, added] }, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            outbox.Offer(counted);
            throw;
        }

        outbox.Offer(counted);
    }

    private DeploymentEvent EventOf(ReleaseEvent added) => new()
    {
        Id = DeploymentEvent.IdOf(Release.Environment, $"release {Release.Id} {Release.Events.Count}"),
        At = added.At,
        Environment = Release.Environment,
        DeploymentId = Release.Id,
        Phase = added.Phase switch
        {
            ReleasePhase.Validation => EventPhase.Validation,
            ReleasePhase.Backup => EventPhase.Backup,
            ReleasePhase.Migration => EventPhase.Migration,
            ReleasePhase.Deployment => EventPhase.Deployment,
            ReleasePhase.Verification => EventPhase.Verification,
            _ => EventPhase.Rollback,
        },
        Status = added.State switch
        {
            PhaseState.Started => EventStatus.Started,
            PhaseState.Success => EventStatus.Success,
            PhaseState.Warning => EventStatus.Warning,
            _ => EventStatus.Failed,
        },
        Milliseconds = added.Took?.TotalMilliseconds,
        Error = added.State == PhaseState.Failed ? added.Note : null,
        // A rollback is no deployment that could have succeeded; it says which one it goes back from. A deployment's own way back is that deployment's.
        Counts = Release.Kind == ReleaseKind.Deployment,
        GoesBackFrom = added.Phase == ReleasePhase.Rollback ? goesBackFrom ?? (Release.Kind == ReleaseKind.Deployment ? Release.Id : null) : null,
    };

    private LeaseLostException GivenUp() => new($"The record of {Release.Told} has its end already: its run was given up while this process was away.");
}
