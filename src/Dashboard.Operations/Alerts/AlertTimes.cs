namespace Dashboard.Operations.Alerts;

/// <summary>The times that are not in the configuration, because nobody has needed to change them; tests do.</summary>
public sealed record AlertTimes
{
    /// <summary>An alert that comes back so soon after it was resolved is the same one, and is told again only when this is over.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How far back rules look for events. A dashboard that was down for longer does not tell what is past.</summary>
    public TimeSpan LookBack { get; init; } = TimeSpan.FromDays(1);

    /// <summary>A condition that somebody dismissed is told again after so long, if it still goes on.</summary>
    public TimeSpan Reminder { get; init; } = TimeSpan.FromDays(1);

    /// <summary>An open condition is written as seen this often, and not at each look.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How late a scheduled run may begin.</summary>
    public TimeSpan DutyPatience { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a copy may be missing before it is a warning.</summary>
    public TimeSpan CopyPatience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a copy may be missing before it is an error.</summary>
    public TimeSpan LongestWithoutCopy { get; init; } = TimeSpan.FromDays(1);

    /// <summary>A delivery is tried for so long, and then given up.</summary>
    public TimeSpan DeliveryPatience { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Before the second try of a delivery; doubled each time up to <see cref="LongestPause"/>.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one process keeps a delivery to itself; longer than any channel takes.</summary>
    public TimeSpan Claim { get; init; } = TimeSpan.FromMinutes(2);
}
