using Dashboard.Operations.Running;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Writes the beginning and the end of every run that is a phase on its own: a backup, a migration, a restore. Dry runs, which take no lease,
/// are none.
/// </summary>
internal sealed class RunEvents(OperationCatalog catalog, EventOutbox outbox, TimeProvider time) : IRunWitness
{
    public void Began(Run run) => Offer(run, EventStatus.Started, "began");

    public void Ended(Run run, RunState state, string message, TimeSpan took)
    {
        var status = state switch
        {
            RunState.Succeeded => EventStatus.Success,
            RunState.Failed => EventStatus.Failed,
            RunState.Cancelled => EventStatus.Warning,
            _ => EventStatus.Error,
        };
        Offer(run, status, "ended", took, status == EventStatus.Success ? null : message);
    }

    private void Offer(Run run, EventStatus status, string key, TimeSpan? took = null, string? error = null)
    {
        if (!run.TakesLease || catalog.Find(run.Operation)?.Phase is not { } phase)
            return;
        outbox.Offer(new DeploymentEvent
        {
            Id = DeploymentEvent.IdOf(run.Environment, $"run {run.Id} {key}"),
            At = time.GetUtcNow(),
            Environment = run.Environment,
            DeploymentId = run.Id,
            Phase = phase,
            Status = status,
            Milliseconds = took?.TotalMilliseconds,
            Error = error,
            Counts = false,
        });
    }
}
