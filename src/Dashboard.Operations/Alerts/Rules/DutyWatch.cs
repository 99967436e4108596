namespace Dashboard.Operations.Alerts.Rules;

/// <summary>Since when an entry of the schedule is known as it is: a slot before that was nobody's duty.</summary>
public sealed record DutyWatch
{
    /// <summary>The entry's name and times; changed times are another duty.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset Since { get; init; }
}
