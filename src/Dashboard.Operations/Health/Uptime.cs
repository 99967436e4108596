using System.Globalization;

namespace Dashboard.Operations.Health;

/// <summary>
/// How much of a span an environment was up, as a share of the time that is known and was not maintenance. Degraded is up: it answers, and
/// says what is not well.
/// </summary>
/// <param name="Title">As "24 hours".</param>
/// <param name="From">The span begins with a whole hour or day in UTC.</param>
public sealed record Uptime(string Title, DateTimeOffset From, DateTimeOffset To, HealthSums Sums)
{
    public const string Formula = "up ÷ (up + down), where up is the time healthy or degraded. Left out: time that is unknown, because no check ran, and maintenance.";

    public TimeSpan Up => Sums.Healthy.Time + Sums.Degraded.Time;

    public TimeSpan Down => Sums.Down.Time;

    public TimeSpan Maintenance => Sums.Maintenance.Time;

    public TimeSpan Unknown => UnknownOf(Sums, From, To);

    /// <summary>0 to 1; null when nothing is known.</summary>
    public double? Share => Up + Down == TimeSpan.Zero ? null : Up / (Up + Down);

    /// <summary>The numbers that were put into the formula.</summary>
    public string Told => string.Create(
        CultureInfo.InvariantCulture,
        $"{Minutes(Up)} up ÷ {Minutes(Up + Down)} known; left out: {Rough(Unknown)} unknown, {Rough(Maintenance)} maintenance");

    /// <summary>What no sample speaks for, and what samples call unknown.</summary>
    internal static TimeSpan UnknownOf(HealthSums sums, DateTimeOffset from, DateTimeOffset to)
    {
        var unknown = to - from - sums.Told + sums.Unknown.Time;
        return unknown < TimeSpan.Zero ? TimeSpan.Zero : unknown;
    }

    internal static string Minutes(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:#,0.#} min");

    private static string Rough(TimeSpan span) => span switch
    {
        { TotalHours: < 2 } => Minutes(span),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days"),
    };
}
