using System.Globalization;

namespace Dashboard.Operations.Metrics;

/// <summary>The hour, day or month of an environment that a sum is of; all in UTC.</summary>
internal readonly record struct SumSpan(string Environment, SumLevel Level, DateTimeOffset From)
{
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Level}/{From.UtcDateTime:yyyy-MM-ddTHH}/{Environment}");

    public DateTimeOffset To => Next(Level, From);

    /// <summary>What this is a part of; null of a month.</summary>
    public SumSpan? Parent => Level == SumLevel.Month ? null : this with { Level = Level + 1, From = Floor(Level + 1, From) };

    public static SumSpan HourOf(string environment, DateTimeOffset moment) => new(environment, SumLevel.Hour, Floor(SumLevel.Hour, moment));

    public static DateTimeOffset Floor(SumLevel level, DateTimeOffset moment)
    {
        var at = moment.UtcDateTime;
        return level switch
        {
            SumLevel.Hour => new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero),
            SumLevel.Day => new DateTimeOffset(at.Year, at.Month, at.Day, 0, 0, 0, TimeSpan.Zero),
            _ => new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, TimeSpan.Zero),
        };
    }

    public static DateTimeOffset Ceiling(SumLevel level, DateTimeOffset moment) => Floor(level, moment) is var floor && floor == moment ? floor : Next(level, floor);

    private static DateTimeOffset Next(SumLevel level, DateTimeOffset from) => level switch
    {
        SumLevel.Hour => from.AddHours(1),
        SumLevel.Day => from.AddDays(1),
        _ => from.AddMonths(1),
    };
}
