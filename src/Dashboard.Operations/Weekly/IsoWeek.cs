using System.Globalization;

namespace Dashboard.Operations.Weekly;

/// <summary>A week of ISO 8601, from Monday 00:00 to the next in UTC, so that no change of clocks makes one longer or shorter.</summary>
public readonly record struct IsoWeek : IComparable<IsoWeek>
{
    /// <summary>Weeks outside of these have no neighbour that a date could name.</summary>
    private const int FirstYear = 2000;
    private const int LastYear = 9998;

    private IsoWeek(int year, int number)
    {
        Year = year;
        Number = number;
    }

    /// <summary>The ISO year, which differs from the calendar's around New Year.</summary>
    public int Year { get; }

    /// <summary>1 to 52, in some years 53.</summary>
    public int Number { get; }

    public DateTimeOffset Start => new(ISOWeek.ToDateTime(Year, Number, DayOfWeek.Monday), TimeSpan.Zero);

    /// <summary>The first moment after it.</summary>
    public DateTimeOffset End => Start.AddDays(7);

    public IsoWeek Next => Of(End);

    public IsoWeek Previous => Of(Start.AddDays(-1));

    public static bool operator <(IsoWeek left, IsoWeek right) => left.CompareTo(right) < 0;

    public static bool operator >(IsoWeek left, IsoWeek right) => left.CompareTo(right) > 0;

    public static bool operator <=(IsoWeek left, IsoWeek right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IsoWeek left, IsoWeek right) => left.CompareTo(right) >= 0;

    public static IsoWeek Of(DateTimeOffset at) => new(ISOWeek.GetYear(at.UtcDateTime), ISOWeek.GetWeekOfYear(at.UtcDateTime));

    /// <summary>Reads <c>2026-W48</c>, of the years 2000 to 9998; null when it is no week.</summary>
    public static IsoWeek? Parse(string? text)
    {
        if (text is not { Length: 8 } || text[4] != '-' || text[5] != 'W'
            || !int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || !int.TryParse(text.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        return year is >= FirstYear and <= LastYear && number >= 1 && number <= ISOWeek.GetWeeksInYear(year) ? new IsoWeek(year, number) : null;
    }

    /// <summary>No event is added to a week that has ended, so what is counted of it stays.</summary>
    public bool IsClosed(DateTimeOffset now) => End <= now;

    public int CompareTo(IsoWeek other) => Start.CompareTo(other.Start);

    /// <summary><c>2026-W48</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-W{Number:00}");
}
