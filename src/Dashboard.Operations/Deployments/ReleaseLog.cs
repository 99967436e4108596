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

    public async Task SaveAsync(Release changed, CancellationToken cancellationToken)
    {
        Release = changed;
        await ledger.SaveAsync(changed, cancellationToken);
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

    private Task AddAsync(ReleaseEvent added, CancellationToken cancellationToken)
    {
        outbox.Offer(EventOf(added));
        return SaveAsync(Release with { Events = [.. Release.Events, added] }, cancellationToken);
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
}
