namespace Dashboard.Operations.Running;

/// <summary>The record of one operation, from the moment it was accepted; only its own runner and the run watch write to it.</summary>
public sealed record Run
{
    /// <summary>24 hexadecimal digits that sort by the time of acceptance.</summary>
    public required string Id { get; init; }

    public required string Operation { get; init; }

    public required string Title { get; init; }

    public required string Environment { get; init; }

    public required RunState State { get; init; }

    public required string Reason { get; init; }

    public required string Actor { get; init; }

    public required Door Door { get; init; }

    /// <summary>The second person, where one was needed.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>One was needed, and whoever asked went on without.</summary>
    public bool BrokeGlass { get; init; }

    /// <summary>False until everybody is told that it did; null for a run that did not.</summary>
    public bool? IsGlassTold { get; init; }

    /// <summary>The account of whoever asked, whose rights are asked again before it begins; null for a token or a machine.</summary>
    public string? AccountId { get; init; }

    /// <summary>The same for a script's token.</summary>
    public string? TokenId { get; init; }

    /// <summary>False until the audit trail says how it ended; null for a run that has no entry of its beginning.</summary>
    public bool? IsAudited { get; init; }

    /// <summary>Until then one process is writing that entry.</summary>
    public DateTimeOffset? AuditClaimedUntil { get; init; }

    /// <summary>The request as JSON, as it was validated.</summary>
    public required string Request { get; init; }

    public required bool TakesLease { get; init; }

    /// <summary>What was shown and confirmed before; null for an operation that needs no plan.</summary>
    public Plan? Plan { get; init; }

    /// <summary>What rules had to say about it when it was accepted; also in its log.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The machine whose disk its plan is of, which is to run it; null where it does not matter.</summary>
    public string? Machine { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When it was handed to the queue once more, because no worker had begun it.</summary>
    public DateTimeOffset? QueuedAgainAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How it ended, for the operator; null until it did.</summary>
    public string? Message { get; init; }

    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    public RunProgress? Progress { get; init; }

    /// <summary>The collections of the current step, and of the one in which a run stopped; null for steps without any, and in lists of runs.</summary>
    public RunParts? Parts { get; init; }

    /// <summary>What the run found or made, by name: a file, a version, a count.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public string? CancelRequestedBy { get; init; }

    /// <summary>Machine and process that runs it, for the person who has to look there.</summary>
    public string? Worker { get; init; }

    /// <summary>By the database's clock; a run that is still <see cref="RunState.Running"/> after it has lost its process.</summary>
    public DateTimeOffset? AliveUntil { get; init; }

    /// <summary>The fencing token of the environment's lease that this run was given; 0 without a lease.</summary>
    public long LeaseToken { get; init; }

    /// <summary>Writes that were refused because the run had already been given up; above 0 means a paused process woke again.</summary>
    public int RefusedWrites { get; init; }

    /// <summary>Null until the leftovers of an interrupted run have been cleared away.</summary>
    public DateTimeOffset? RecoveredAt { get; init; }

    /// <summary>What was cleared away after an interruption, for the operator.</summary>
    public string? Cleared { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public bool IsActive => State is RunState.Queued or RunState.Running;
}

/// <summary>The life of a run: queued, running, then exactly one of the four ends.</summary>
public enum RunState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,

    /// <summary>Its process ended or lost its lease before the operation did; a person must look.</summary>
    Interrupted,
}

/// <summary>One step of a run as it was begun and ended.</summary>
public sealed record RunStep(string Title, StepState State, StepStop Stop, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Note);

public enum StepState
{
    Running,
    Succeeded,
    Failed,
    Cancelled,
    Interrupted,
}

/// <summary>When a step obeys a cancel.</summary>
public enum StepStop
{
    /// <summary>At once.</summary>
    Now,

    /// <summary>When this step has ended.</summary>
    AfterStep,

    /// <summary>Not any more: the operation is past its point of no return.</summary>
    Never,
}

/// <summary>How far the current step is, in units of its own.</summary>
public sealed record RunProgress(long Done, long Total, string Unit)
{
    /// <summary>0 to 100; 0 while the total is unknown.</summary>
    public int Percent => Total <= 0 ? 0 : (int)Math.Clamp(Done * 100 / Total, 0, 100);

    /// <summary>By the speed so far; null while it would only be a guess.</summary>
    public TimeSpan? TimeLeft(TimeSpan elapsed) => Total <= 0 || Done <= 0 || Done >= Total || elapsed < TimeSpan.FromSeconds(2)
        ? null
        : TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(elapsed.TotalSeconds * ((double)(Total - Done) / Done))));
}

/// <summary>One line of a run's log; <see cref="Number"/> rises by one from 1.</summary>
public sealed record RunLine(string RunId, int Number, DateTimeOffset At, LineLevel Level, string Text);

public enum LineLevel
{
    Info,
    Warning,
    Error,
}
