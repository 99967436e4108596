using System.Globalization;

namespace DndTracker.Health;

/// <summary>Lets a release be bad on purpose, from its start or after a while, so that gates and rollbacks can be tried.</summary>
internal sealed class PretendedHealth(TrackerSettings settings, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Why this release says that it is unhealthy; null when it says nothing of the kind.</summary>
    public string? WhyNot =>
        settings.Unhealthy ? $"Release {settings.Version} says that it is unhealthy (APP_UNHEALTHY is true)."
        : settings.UnhealthyAfter is { } after && time.GetElapsedTime(_started) >= after
            ? string.Create(CultureInfo.InvariantCulture, $"Release {settings.Version} says that it is unhealthy (APP_UNHEALTHY_AFTER is {after.TotalSeconds:0.###}).")
            : null;
}
