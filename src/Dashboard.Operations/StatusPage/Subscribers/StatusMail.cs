namespace Dashboard.Operations.StatusPage;

/// <summary>One mail on its way to one subscriber, and for a month the record of how it got there. It has no address and no secret in it.</summary>
internal sealed record StatusMail
{
    public static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    /// <summary>Of the news and the subscriber: there is one of a kind, whoever makes it.</summary>
    public required string Id { get; init; }

    public required StatusMailKind Kind { get; init; }

    public required string SubscriberId { get; init; }

    /// <summary>Null for a question and a reminder.</summary>
    public string? NewsId { get; init; }

    public required DateTimeOffset At { get; init; }

    public StatusMailState State { get; init; }

    public int Tries { get; init; }

    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>By the database's clock; until then it belongs to the process that took it.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    public string? Claim { get; init; }

    /// <summary>Written before the server is given the mail: whoever finds it on a claim that lapsed cannot know whether it was sent.</summary>
    public DateTimeOffset? HandedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why the last try failed, without the address.</summary>
    public string? Problem { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public static string IdOf(StatusNews news, string subscriberId) => $"{news.Id}/{subscriberId}";
}

/// <summary>What a mail to a subscriber is for.</summary>
public enum StatusMailKind
{
    /// <summary>Whether the owner of the address wants it.</summary>
    Question,

    /// <summary>That he has said yes before.</summary>
    Reminder,
    News,
}

/// <summary>How far a mail to a subscriber is.</summary>
public enum StatusMailState
{
    Waiting,
    Sent,

    /// <summary>Tried as often as it is worth, or refused for good.</summary>
    GivenUp,

    /// <summary>The process ended while the server had it: it was sent or not, and is not sent again.</summary>
    Unsure,

    /// <summary>There is nobody any more who wants it.</summary>
    Dropped,
}
