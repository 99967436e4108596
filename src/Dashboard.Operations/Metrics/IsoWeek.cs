using System.Globalization;
using System.Runtime.InteropServices;

namespace Dashboard.Operations.Metrics;

/// <summary>A week as people count them: from Monday, 00:00 UTC, numbered as ISO 8601 does.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct IsoWeek(int Year, int Number)
{
    /// <summary>Monday.</summary>
    public DateTimeOffset From => new(ISOWeek.ToDateTime(Year, Number, DayOfWeek.Monday), TimeSpan.Zero);

    /// <summary>The next Monday, which is not part of it.</summary>
    public DateTimeOffset To => From.AddDays(7);

    public IsoWeek Next => Of(To);

    public IsoWeek Previous => Of(From.AddDays(-1));

    public static IsoWeek Of(DateTimeOffset moment)
    {
        var day = moment.UtcDateTime;
        return new IsoWeek(ISOWeek.GetYear(day), ISOWeek.GetWeekOfYear(day));
    }

    /// <summary>"2026-W47"; null when it is not one.</summary>
    public static IsoWeek? TryParse(string text)
    {
        if (text is not [_, _, _, _, '-', 'W', _, _]
            || !int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || !int.TryParse(text.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || year is < 1970 or > 9000
            || number < 1
            || number > ISOWeek.GetWeeksInYear(year))
        {
            return null;
        }

        return new IsoWeek(year, number);
    }

    /// <summary>No event is added to a week that has ended, so what is counted of it stays.</summary>
    public bool IsClosed(DateTimeOffset now) => To <= now;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-W{Number:00}");
}
