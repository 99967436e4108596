using System.Globalization;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Maintenance;

/// <summary>
/// A time in which an environment's pages are down on purpose. This record is the truth: the flag in the application's database is made
/// equal to it, at once by the operations and again and again by the watch.
/// </summary>
public sealed record MaintenanceWindow
{
    /// <summary>Of the run that planned it, or that opened it without a plan.</summary>
    public required string Id { get; init; }

    public required string Environment { get; init; }

    /// <summary>For the team.</summary>
    public required string Title { get; init; }

    /// <summary>For everybody: the status page and the application show it.</summary>
    public required string Notice { get; init; }

    public required DateTimeOffset Start { get; init; }

    /// <summary>When it is meant to be over; nothing happens by itself then, but it is called overdue.</summary>
    public required DateTimeOffset End { get; init; }

    public required WindowState State { get; init; }

    /// <summary>Who planned it, or opened it without a plan.</summary>
    public required string Actor { get; init; }

    public required string Reason { get; init; }

    /// <summary>Every run that changed it, oldest first.</summary>
    public IReadOnlyList<string> RunIds { get; init; } = [];

    /// <summary>File name of the backup that was the gate; null before, and where somebody said that none is needed.</summary>
    public string? Backup { get; init; }

    public MaintenanceSwitch Switch { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public string? OpenedBy { get; init; }

    /// <summary>When pages were first seen to answer 503; null when nobody has looked.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public string? ClosedBy { get; init; }

    /// <summary>Set once, by whoever noticed first that it is past its end.</summary>
    public DateTimeOffset? OverdueNotedAt { get; init; }

    /// <summary>The run that is switching now; while it is set only that run, or its recovery, writes the flag.</summary>
    public string? ChangingRun { get; init; }

    /// <summary>The lease's token of the run that changed it last; a flag with a higher one is newer than what a late writer knows.</summary>
    public long Token { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public bool IsOpen => State == WindowState.Open;

    /// <summary>Whether it was open at that moment, as far as is known today.</summary>
    public bool WasOpenAt(DateTimeOffset at) => OpenedAt is { } opened && opened <= at && (ClosedAt is not { } closed || at <= closed);

    public bool IsOverdue(DateTimeOffset now) => IsOpen && now > End;

    /// <summary>For sentences: "'New hosts' until 14:30 UTC", or with the day when that is another.</summary>
    public string Told(DateTimeOffset now) => $"'{Title}' until {Clock(End, now)}";

    internal static string Clock(DateTimeOffset at, DateTimeOffset now) => at.UtcDateTime.Date == now.UtcDateTime.Date
        ? string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:HH:mm} UTC")
        : string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}

public enum WindowState
{
    Planned,
    Open,
    Closed,
    Cancelled,
}
