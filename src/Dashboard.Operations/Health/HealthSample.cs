using System.Globalization;

namespace Dashboard.Operations.Health;

/// <summary>
/// What one check found, standing for one slot of its interval. The id is made of the slot, so whoever checks the same thing at the same time,
/// or writes twice because an answer was lost, adds nothing.
/// </summary>
public sealed record HealthSample
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    /// <summary>As in <see cref="HealthCheck.Target"/>, or <see cref="HealthTargets.Whole"/>.</summary>
    public required string Target { get; init; }

    /// <summary>The start of the slot, by which it belongs to an hour and a day in UTC.</summary>
    public required DateTimeOffset Slot { get; init; }

    public required DateTimeOffset Hour { get; init; }

    /// <summary>When it was really asked.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The length of the slot: for how long the sample speaks.</summary>
    public required long Seconds { get; init; }

    public required HealthState State { get; init; }

    public required double Milliseconds { get; init; }

    /// <summary>Taken while a maintenance window was open: counted apart.</summary>
    public bool DuringMaintenance { get; init; }

    public int SchemaVersion { get; init; } = 1;

    internal static HealthSample Of(string environment, string target, HealthSlot slot, DateTimeOffset at, HealthState state, double milliseconds) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{environment}|{target}|{slot.Start.ToUnixTimeSeconds()}"),
        Environment = environment,
        Target = target,
        Slot = slot.Start,
        Hour = HealthSlot.HourOf(slot.Start),
        At = at,
        Seconds = (long)slot.Length.TotalSeconds,
        State = state,
        Milliseconds = milliseconds,
    };
}
