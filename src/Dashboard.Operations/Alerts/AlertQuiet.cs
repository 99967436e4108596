using Dashboard.Operations.Maintenance;

namespace Dashboard.Operations.Alerts;

/// <summary>What keeps alerts from being told at one moment: open maintenance windows and silences.</summary>
/// <param name="Windows">The open ones, by environment.</param>
public sealed record AlertQuiet(IReadOnlyDictionary<string, MaintenanceWindow> Windows, IReadOnlyList<AlertSilence> Silences)
{
    /// <summary>Null when nothing does.</summary>
    public string? WhyOf(Alert alert, DateTimeOffset now)
    {
        if (Windows.TryGetValue(alert.Environment, out var window))
            return $"Not told: {alert.Environment} is in maintenance ({window.Told(now)}).";
        if (Silences.FirstOrDefault(silence => silence.Environment == alert.Environment && silence.Rule == alert.Rule && silence.Until > now) is { } silence)
            return $"Not told: silenced by {silence.Actor} until {MaintenanceWindow.Clock(silence.Until, now)}: {silence.Reason}";
        return alert.QuietUntil > now ? $"Not told before {MaintenanceWindow.Clock(alert.QuietUntil.Value, now)}: it came back shortly after it was resolved." : null;
    }
}
