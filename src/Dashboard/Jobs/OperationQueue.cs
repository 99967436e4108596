using Dashboard.Operations.Running;
using Hangfire;

namespace Dashboard.Jobs;

/// <summary>Where buttons, HTTP and the schedule start an operation: the run is stored first, then a job with its id alone is queued.</summary>
public sealed class OperationQueue(Intake intake, IBackgroundJobClient jobs)
{
    public async Task<IntakeResult> StartAsync(OperationCall call, CancellationToken cancellationToken)
    {
        var result = await intake.AcceptAsync(call, cancellationToken);

        // From here on the run exists: were the queueing to fail or the process to end, the run watch queues it later.
        if (result is IntakeResult.Accepted accepted)
            jobs.Enqueue<OperationJob>(job => job.RunAsync(accepted.Run.Id, CancellationToken.None));
        return result;
    }

    /// <summary>Queues a stored run once more; harmless when it has begun meanwhile.</summary>
    public void QueueAgain(Run run) => jobs.Enqueue<OperationJob>(job => job.RunAsync(run.Id, CancellationToken.None));
}
