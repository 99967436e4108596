using System.Globalization;

namespace Dashboard.Operations.Metrics;

/// <summary>Which single events are meant, in the order of their arrival; what is null does not narrow it.</summary>
/// <param name="From">At or after.</param>
/// <param name="To">Before.</param>
/// <param name="After">Only what comes after this one: the last of the page before.</param>
public sealed record EventQuery(string? Environment = null, DateTimeOffset? From = null, DateTimeOffset? To = null, EventMark? After = null);

/// <summary>A place in the order of events.</summary>
public sealed record EventMark(DateTimeOffset At, string Id)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeMilliseconds()}_{Id}");

    /// <summary>Null when it is not one.</summary>
    public static EventMark? TryParse(string text)
    {
        var at = text.IndexOf('_', StringComparison.Ordinal);
        return at > 0
            && at < text.Length - 1
            && long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds < 200_000_000_000_000
            ? new EventMark(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), text[(at + 1)..])
            : null;
    }
}

/// <summary>A single event as it is given out.</summary>
/// <param name="Details">JSON as it came.</param>
public readonly record struct EventRow(string Id, DateTimeOffset At, string Environment, string DeploymentId, string Phase, string Status, double? Milliseconds, string? Error, string? Details);
