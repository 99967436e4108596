namespace Dashboard.Operations.Metrics;

/// <summary>What was counted of one environment in one hour, day or month. It is always made anew from what lies below it, never added to, so that no repeat can double it.</summary>
public sealed record MetricSum
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required SumLevel Level { get; init; }

    public required DateTimeOffset From { get; init; }

    /// <summary>Rises with every change: who counted from an older state does not get to write.</summary>
    public long Version { get; init; }

    public EventSum Events { get; init; } = new();

    public DeploymentSum Deployments { get; init; } = new();

    /// <summary>Its single events may have been deleted, so they are not counted again.</summary>
    public bool IsClosed { get; init; }

    public int SchemaVersion { get; init; } = 1;
}

public enum SumLevel
{
    Hour,
    Day,
    Month,
}

/// <summary>The events of a time.</summary>
public sealed record EventSum
{
    public IReadOnlyList<PhaseSum> Phases { get; init; } = [];

    /// <summary>The times of all migration events that have one above zero, failures included.</summary>
    public Distribution Migrations { get; init; } = Distribution.Empty;

    /// <summary>The newest event that is part of a deployment.</summary>
    public DateTimeOffset? LastAt { get; init; }

    public long Count => Phases.Sum(phase => phase.Count);

    public static EventSum Merge(IReadOnlyCollection<EventSum> parts) => new()
    {
        Phases =
        [
            .. parts.SelectMany(part => part.Phases).GroupBy(phase => (phase.Phase, phase.Status)).OrderBy(group => group.Key)
                .Select(group => new PhaseSum(group.Key.Phase, group.Key.Status, group.Sum(phase => phase.Count), group.Sum(phase => phase.Timed), group.Sum(phase => phase.Milliseconds))),
        ],
        Migrations = Distribution.Merge([.. parts.Select(part => part.Migrations)]),
        LastAt = parts.Max(part => part.LastAt),
    };
}

/// <param name="Timed">How many of them told a duration.</param>
public sealed record PhaseSum(EventPhase Phase, EventStatus Status, long Count, long Timed, double Milliseconds);

/// <summary>The deployments whose first event fell into a time, with all that became of them later.</summary>
public sealed record DeploymentSum
{
    public long Total { get; init; }

    /// <summary>Verified: the contract's success.</summary>
    public long Successful { get; init; }

    /// <summary>A phase failed and nothing was verified.</summary>
    public long Failed { get; init; }

    /// <summary>Gone back from, after a success or after a failure.</summary>
    public long RolledBack { get; init; }

    /// <summary>Failed or rolled back.</summary>
    public long ChangeFailures { get; init; }

    /// <summary>First event to last of those that were verified.</summary>
    public Distribution Times { get; init; } = Distribution.Empty;

    /// <summary>As the contract measures: begun validation to ended verification, whatever its end.</summary>
    public long ContractTimed { get; init; }

    public double ContractMilliseconds { get; init; }

    /// <summary>From the failure until something good ran again, of the change failures for which that is known.</summary>
    public Distribution Restores { get; init; } = Distribution.Empty;

    /// <summary>Neither verified nor failed: still going on, or its process was killed.</summary>
    public long Unfinished => Total - Successful - Failed;

    public static DeploymentSum Merge(IReadOnlyCollection<DeploymentSum> parts) => new()
    {
        Total = parts.Sum(part => part.Total),
        Successful = parts.Sum(part => part.Successful),
        Failed = parts.Sum(part => part.Failed),
        RolledBack = parts.Sum(part => part.RolledBack),
        ChangeFailures = parts.Sum(part => part.ChangeFailures),
        Times = Distribution.Merge([.. parts.Select(part => part.Times)]),
        ContractTimed = parts.Sum(part => part.ContractTimed),
        ContractMilliseconds = parts.Sum(part => part.ContractMilliseconds),
        Restores = Distribution.Merge([.. parts.Select(part => part.Restores)]),
    };

    internal static DeploymentSum Of(IReadOnlyCollection<DeploymentRecord> deployments) => new()
    {
        Total = deployments.Count,
        Successful = deployments.Count(deployment => deployment.IsSuccessful),
        Failed = deployments.Count(deployment => deployment.IsFailed),
        RolledBack = deployments.Count(deployment => deployment.RolledBackAt is not null),
        ChangeFailures = deployments.Count(deployment => deployment.IsChangeFailure),
        Times = Distribution.Of(deployments.Select(deployment => deployment.Took).OfType<TimeSpan>().Select(took => took.TotalMilliseconds)),
        ContractTimed = deployments.Count(deployment => deployment.ContractTook is not null),
        ContractMilliseconds = deployments.Sum(deployment => deployment.ContractTook?.TotalMilliseconds ?? 0),
        Restores = Distribution.Of(deployments.Select(deployment => deployment.TimeToRestore).OfType<TimeSpan>().Select(took => took.TotalMilliseconds)),
    };
}
