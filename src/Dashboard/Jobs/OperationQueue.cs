using Dashboard.Operations.Running;
using Hangfire;
using Hangfire.States;

namespace Dashboard.Jobs;

/// <summary>Where buttons, HTTP and the schedule start an operation: the run is stored first, then a job with its id alone is queued.</summary>
public sealed class OperationQueue(Intake intake, IBackgroundJobClient jobs)
{
    public async Task<IntakeResult> StartAsync(OperationCall call, CancellationToken cancellationToken)
    {
        var result = await intake.AcceptAsync(call, cancellationToken);

        // From here on the run exists: were the queueing to fail or the process to end, the run watch queues it later.
        if (result is IntakeResult.Accepted accepted)
            jobs.Create<OperationJob>(job => job.RunAsync(accepted.Run.Id, CancellationToken.None), new EnqueuedState(accepted.Run.Machine is { } machine ? QueueOf(machine) : EnqueuedState.DefaultQueue));
        return result;
    }

    /// <summary>What only this machine takes from; the general one as well, which any may take from.</summary>
    public static string[] QueuesOfThisMachine => [QueueOf(Environment.MachineName), EnqueuedState.DefaultQueue];

    /// <summary>Queues a stored run once more, for any machine; harmless when it has begun meanwhile. One whose machine is gone then ends, and says what was different there.</summary>
    public void QueueAgain(Run run) => jobs.Enqueue<OperationJob>(job => job.RunAsync(run.Id, CancellationToken.None));

    /// <summary>Hangfire's names of queues have small letters, digits and dashes.</summary>
    private static string QueueOf(string machine) => $"machine-{string.Concat(machine.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'))}";
}
