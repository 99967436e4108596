namespace Dashboard.Operations.Configuration;

/// <summary>The <c>maintenance</c> section of <c>config/migration.&lt;env&gt;.json</c>: when an environment may be changed.</summary>
public sealed record MaintenanceRules
{
    /// <summary>Null: at any time of the day.</summary>
    public DailyWindow? Window { get; init; }

    /// <summary>Empty: on every day. A window that runs past midnight belongs to the day on which it began.</summary>
    public IReadOnlyList<DayOfWeek> AllowedDays { get; init; } = [];

    /// <summary>Somebody may say that it cannot wait.</summary>
    public bool EmergencyOverride { get; init; } = true;

    /// <summary>Why not now, and when next; null when it may be changed now.</summary>
    public string? WhyNot(DateTimeOffset now)
    {
        var zone = Window?.Zone ?? TimeZoneInfo.Utc;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        var began = Window is { } window && window.End <= window.Start && time < window.End ? local.AddDays(-1).DayOfWeek : local.DayOfWeek;
        if (Window is not null && !Window.Contains(time))
            return $"it is outside the window {Window.Sentence}";
        return AllowedDays.Count > 0 && !AllowedDays.Contains(began)
            ? $"{began} is not among the allowed days ({string.Join(", ", AllowedDays)})"
            : null;
    }
}

/// <summary>Each day from one time to another; an end before the start is on the next day, and equal ones are the whole day.</summary>
public sealed record DailyWindow(TimeOnly Start, TimeOnly End, TimeZoneInfo Zone)
{
    public string Sentence => $"{Start:HH:mm}–{End:HH:mm} {Zone.Id}";

    public bool Contains(TimeOnly time) => Start == End || time.IsBetween(Start, End);
}
