using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// What the events of one deployment add up to. Each fact is an earliest or a latest moment, so that events may come in any order and more than
/// once and it comes out the same.
/// </summary>
public sealed record DeploymentRecord
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string DeploymentId { get; init; }

    /// <summary>Rises with every change; 0 has not been stored.</summary>
    public long Version { get; init; }

    /// <summary>Null while only another deployment's way back has told of it.</summary>
    public DateTimeOffset? FirstAt { get; init; }

    /// <summary>The last event that is not of a way back.</summary>
    public DateTimeOffset? EndAt { get; init; }

    public DateTimeOffset LastAt { get; init; }

    /// <summary>The first begun validation.</summary>
    public DateTimeOffset? ValidationAt { get; init; }

    /// <summary>The last ended verification, good or failed.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>The first good verification.</summary>
    public DateTimeOffset? SucceededAt { get; init; }

    /// <summary>The first phase that failed.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>When a way back from it had ended well.</summary>
    public DateTimeOffset? RolledBackAt { get; init; }

    /// <summary>When, after it had failed, the next deployment of the environment was verified.</summary>
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>Hours whose sums a change has made wrong and that are not marked yet; written with the change itself, so no crash can come between.</summary>
    [BsonIgnoreIfNull]
    public IReadOnlyList<DateTimeOffset>? Uncounted { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public bool IsSuccessful => SucceededAt is not null;

    public bool IsFailed => SucceededAt is null && FailedAt is not null;

    public bool IsChangeFailure => IsFailed || RolledBackAt is not null;

    /// <summary>First event to last; null of one that was not verified, or of which only one moment is known.</summary>
    public TimeSpan? Took => IsSuccessful && EndAt > FirstAt ? EndAt - FirstAt : null;

    public TimeSpan? ContractTook => VerifiedAt >= ValidationAt ? VerifiedAt - ValidationAt : null;

    /// <summary>From the failure, or where it only showed after a good verification from that, until something good ran again.</summary>
    public TimeSpan? TimeToRestore
    {
        get
        {
            var began = FailedAt ?? SucceededAt ?? FirstAt;
            var ended = IsFailed ? Earliest(RolledBackAt, RestoredAt) : RolledBackAt;
            return IsChangeFailure && ended >= began ? ended - began : null;
        }
    }

    internal static string IdOf(string environment, string deploymentId) => $"{environment}\n{deploymentId}";

    internal static DeploymentRecord New(string environment, string deploymentId) => new() { Id = IdOf(environment, deploymentId), Environment = environment, DeploymentId = deploymentId };

    /// <summary>With one of its own events.</summary>
    internal DeploymentRecord With(DeploymentEvent told)
    {
        var hasFailed = told.Status is EventStatus.Failed or EventStatus.Error;
        var isVerification = told.Phase == EventPhase.Verification;
        return this with
        {
            FirstAt = Earliest(FirstAt, told.At),
            EndAt = told.Phase == EventPhase.Rollback ? EndAt : Latest(EndAt, told.At),
            LastAt = Latest(LastAt, told.At) ?? told.At,
            ValidationAt = told is { Phase: EventPhase.Validation, Status: EventStatus.Started } ? Earliest(ValidationAt, told.At) : ValidationAt,
            VerifiedAt = isVerification && (told.Status is EventStatus.Success or EventStatus.Failed) ? Latest(VerifiedAt, told.At) : VerifiedAt,
            SucceededAt = isVerification && told.Status == EventStatus.Success ? Earliest(SucceededAt, told.At) : SucceededAt,
            FailedAt = hasFailed ? Earliest(FailedAt, told.At) : FailedAt,
        };
    }

    /// <summary>With an event of a way back from it; one that only began or failed has brought nothing back.</summary>
    internal DeploymentRecord WithWayBack(DeploymentEvent told) => told.Status is EventStatus.Success or EventStatus.Warning
        ? this with { RolledBackAt = Earliest(RolledBackAt, told.At), LastAt = Latest(LastAt, told.At) ?? told.At }
        : this;

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset other) => one > other ? one : other;
}
