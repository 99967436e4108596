namespace Dashboard.Operations.Alerts.Channels;

/// <summary>One way to tell people of one environment's alerts.</summary>
public interface IAlertChannel
{
    /// <summary>slack, email, webhook or pagerduty.</summary>
    string Kind { get; }

    /// <summary>Where it leads, without any secret.</summary>
    string Target { get; }

    /// <summary>What never may stand in a log or a record.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>How often a delivery is tried at most; null for as long as its time lasts.</summary>
    int? MostTries => null;

    bool Takes(NoticeKind kind);

    /// <exception cref="DeliveryException">It was not accepted.</exception>
    Task SendAsync(AlertNotice notice, CancellationToken cancellationToken);
}

/// <summary>A channel of an environment under the name by which deliveries know it.</summary>
/// <param name="Name">Its kind; the second of a kind is <c>slack-2</c>.</param>
public sealed record AlertChannel(string Environment, string Name, IAlertChannel Channel);

/// <summary>A receiver that did not accept a notice; the message is one sentence for the delivery log.</summary>
public sealed class DeliveryException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the receiver asks for.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
