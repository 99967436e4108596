using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// One phase of a deployment as it began or ended, from this dashboard's runs or posted by another pipeline. Events are only added;
/// every figure is counted from them.
/// </summary>
public sealed record DeploymentEvent
{
    /// <summary>Made from the sender's key where there is one, so that the same event sent twice meets itself.</summary>
    public string Id { get; init; } = ObjectId.GenerateNewId().ToString();

    /// <summary>When it was received, never what a client claims.</summary>
    public required DateTimeOffset At { get; init; }

    public required string Environment { get; init; }

    /// <summary>What belongs together; the run's id where the dashboard did it.</summary>
    public required string DeploymentId { get; init; }

    public required EventPhase Phase { get; init; }

    public required EventStatus Status { get; init; }

    /// <summary>Null where none was told, which is not the same as none at all.</summary>
    public double? Milliseconds { get; init; }

    public string? Error { get; init; }

    /// <summary>What a pipeline sent along, kept as it came: as a string of JSON, because not all JSON is BSON.</summary>
    [BsonIgnoreIfNull]
    public BsonValue? Details { get; init; }

    /// <summary>Whether it is part of a deployment; the phases of a backup or a migration on its own are kept and left out of the success rate.</summary>
    public bool Counts { get; init; } = true;

    /// <summary>Of an earlier deployment that this one goes back from.</summary>
    public string? GoesBackFrom { get; init; }

    /// <summary>True until it is in the sums, then absent. It is written with the event itself, so no crash can come between.</summary>
    [BsonIgnoreIfNull]
    public bool? IsUnsummed { get; init; }

    public int SchemaVersion { get; init; } = 1;

    /// <summary>The id of an event to which its sender gave a key; keys of two environments do not meet.</summary>
    public static string IdOf(string environment, string key) =>
        $"key-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{environment}\n{key}"))[..16])}";
}

/// <summary>The original's phases; their order is that of a deployment.</summary>
public enum EventPhase
{
    Validation,
    Backup,
    Migration,
    Deployment,
    Verification,
    Rollback,
}

/// <summary>The original's states; error and failed both mean that the phase did not do what it should.</summary>
public enum EventStatus
{
    Started,
    Success,
    Warning,
    Error,
    Failed,
}
