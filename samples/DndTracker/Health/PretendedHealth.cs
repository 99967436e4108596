using System.Globalization;

namespace DndTracker.Health;

/// <summary>
/// Lets a release be bad on purpose, from its start or so long after it was first asked, so that gates and rollbacks can be tried: a slow
/// machine does not turn the second into the first.
/// </summary>
internal sealed class PretendedHealth(TrackerSettings settings, TimeProvider time)
{
    private readonly Lazy<long> _firstAsked = new(time.GetTimestamp);

    /// <summary>Why this release says that it is unhealthy; null when it says nothing of the kind.</summary>
    public string? WhyNot =>
        settings.Unhealthy ? $"Release {settings.Version} says that it is unhealthy (APP_UNHEALTHY is true)."
        : settings.UnhealthyAfter is { } after && time.GetElapsedTime(_firstAsked.Value) >= after
            ? string.Create(CultureInfo.InvariantCulture, $"Release {settings.Version} says that it is unhealthy (APP_UNHEALTHY_AFTER is {after.TotalSeconds:0.###}).")
            : null;
}
