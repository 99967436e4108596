using Dashboard.Operations.Running;
using Hangfire;

namespace Dashboard.Jobs;

/// <summary>What Hangfire delivers, at least once: the id of a stored run.</summary>
public sealed class OperationJob(OperationRunner runner)
{
    // A run that failed is started again by a person, never by the job store.
    [AutomaticRetry(Attempts = 0)]
    public Task RunAsync(string runId, CancellationToken cancellationToken) => runner.RunAsync(runId, cancellationToken);
}
