using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Deployments;

/// <summary>Keeps one release's record true while it is made: each phase is stored when it begins and when it ends.</summary>
internal sealed class ReleaseLog(Release release, ReleaseLedger ledger, OperationSteps steps, TimeProvider time)
{
    private DateTimeOffset _began;

    public Release Release { get; private set; } = release;

    public async Task BeginAsync(ReleasePhase phase, CancellationToken cancellationToken)
    {
        _began = time.GetUtcNow();
        await SaveAsync(Release with { Events = [.. Release.Events, new ReleaseEvent(phase, PhaseState.Started, _began)] }, cancellationToken);
    }

    public Task EndAsync(ReleasePhase phase, PhaseState state, string? note, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return SaveAsync(Release with { Events = [.. Release.Events, new ReleaseEvent(phase, state, now, now - _began, note)] }, cancellationToken);
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

    private LeaseLostException GivenUp() => new($"The record of {Release.Told} has its end already: its run was given up while this process was away.");
}
