namespace Dashboard.Operations.Running;

/// <summary>The times by which a run proves that it lives; tests shorten them.</summary>
public sealed record RunnerOptions
{
    /// <summary>How long a lease and a run stay good without a sign of life.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between signs of life; also the longest time until a cancel is seen.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest time that a log line waits for its write.</summary>
    public TimeSpan Flush { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Shortest time between two writes of how far a step is; what comes in between is told by the next.</summary>
    public TimeSpan ProgressPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the outcome of a finished body is tried to be written while the database is away.</summary>
    public TimeSpan OutcomePatience { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A queued run that has not begun after this is handed to the queue once more.</summary>
    public TimeSpan QueuePatience { get; init; } = TimeSpan.FromSeconds(60);
}
