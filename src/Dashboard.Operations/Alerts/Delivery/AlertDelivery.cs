namespace Dashboard.Operations.Alerts;

/// <summary>One notice on its way to one channel, and afterwards the record of how it got there.</summary>
public sealed record AlertDelivery
{
    public required string Id { get; init; }

    public required string AlertId { get; init; }

    public required string Environment { get; init; }

    /// <summary>See <see cref="Channels.AlertChannel.Name"/>.</summary>
    public required string Channel { get; init; }

    public required AlertNotice Notice { get; init; }

    public required DateTimeOffset At { get; init; }

    public DeliveryState State { get; init; }

    public int Tries { get; init; }

    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>By the database's clock; until then it belongs to the process that took it.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>Of that process; another one's answer is refused.</summary>
    public string? Claim { get; init; }

    /// <summary>When the receiver had accepted it, or when it was given up.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why the last try failed; never with a secret in it.</summary>
    public string? Problem { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public static string IdOf(AlertNotice notice, string channel) => $"{notice.Id}/{notice.Environment}/{channel}";
}

public enum DeliveryState
{
    /// <summary>To be sent, or to be tried again.</summary>
    Waiting,
    Sent,

    /// <summary>Tried for as long as it is worth it.</summary>
    GivenUp,
}
