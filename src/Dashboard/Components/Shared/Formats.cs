using System.Globalization;
using Dashboard.Operations.Running;

namespace Dashboard.Components.Shared;

/// <summary>How numbers, sizes and times read on every page, in the invariant culture.</summary>
public static class Formats
{
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>Decimal units, as file managers and mongodump's peers show them: <c>12.4 MB</c>.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = 0;
        // 999.95 would be rounded up to 1000.0.
        while (value >= 999.95 && unit < ByteUnits.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return unit == 0 ? Text($"{value:0} B") : Text($"{value:0.0} {ByteUnits[unit]}");
    }

    /// <summary>The unit in which the largest of some sizes reads well, so that all of them stand on one scale: 1 kB to 1 TB.</summary>
    public static (double Divisor, string Unit) ByteScale(long largest)
    {
        var (divisor, unit) = (1000d, 1);
        while (largest >= divisor * 1000 && unit < ByteUnits.Length - 1)
            (divisor, unit) = (divisor * 1000, unit + 1);
        return (divisor, ByteUnits[unit]);
    }

    /// <summary><c>5,000</c></summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1,480.4</c></summary>
    public static string Number(double value, int decimals) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);

    /// <summary><c>850 ms</c>, <c>12.3 s</c>, <c>2 min 10 s</c>, <c>1 h 4 min</c>, <c>3 d 2 h</c>; never negative, because clocks differ.</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
            span = TimeSpan.Zero;
        if (span < TimeSpan.FromMilliseconds(999.5))
            return Text($"{span.TotalMilliseconds:0} ms");
        if (span < TimeSpan.FromSeconds(59.95))
            return Text($"{span.TotalSeconds:0.0} s");

        var whole = TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));
        return whole switch
        {
            { TotalHours: < 1 } => Text($"{whole.Minutes} min {whole.Seconds} s"),
            { TotalDays: < 1 } => Text($"{whole.Hours} h {whole.Minutes} min"),
            _ => Text($"{whole.Days} d {whole.Hours} h"),
        };
    }

    /// <summary>Of what still goes on or is only waited for, where a tenth of a second says nothing: <c>5 s</c>, <c>2 min 10 s</c>.</summary>
    public static string WholeSeconds(TimeSpan span) =>
        span < TimeSpan.FromMinutes(1) ? Text($"{Math.Max(0, Math.Floor(span.TotalSeconds)):0} s") : Duration(TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds)));

    public static string Milliseconds(double milliseconds) => Duration(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary><c>just now</c>, <c>5 min ago</c>, <c>3 h ago</c>, <c>2 days ago</c>.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 10 } => "just now",
        { TotalMinutes: < 1 } => Text($"{(int)age.TotalSeconds} s ago"),
        { TotalHours: < 1 } => Text($"{(int)age.TotalMinutes} min ago"),
        { TotalDays: < 1 } => Text($"{(int)age.TotalHours} h ago"),
        { TotalDays: < 2 } => "1 day ago",
        _ => Text($"{(int)age.TotalDays} days ago"),
    };

    /// <summary>Of what is to come, as a reader reckons: <c>5 min</c>, <c>3 h</c>, <c>6 days</c>; what is past is <c>0 min</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalHours: < 1 } => Text($"{Math.Max(0, (int)span.TotalMinutes)} min"),
        { TotalHours: < 48 } => Text($"{(int)span.TotalHours} h"),
        _ => Text($"{(int)span.TotalDays} days"),
    };

    /// <summary><c>99.98 %</c>, rounded down: only what is whole is called 100 %.</summary>
    public static string Percent(double share) => Text($"{Math.Floor(Math.Round(share * 10_000, 6)) / 100:0.##} %");

    public static string Files(int count) => count == 1 ? "1 file" : Text($"{Count(count)} files");

    /// <summary>For people who hover: <c>2026-11-23 03:00:00 UTC</c>.</summary>
    public static string Utc(DateTimeOffset at) => Text($"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    public static string UtcClock(DateTimeOffset at) => Text($"{at.UtcDateTime:HH:mm:ss} UTC");

    /// <summary><c>23 Nov 2026</c></summary>
    public static string Day(DateTimeOffset at) => Text($"{at.UtcDateTime:d MMM yyyy}");

    /// <summary>For machines: the value of a datetime attribute.</summary>
    public static string Iso(DateTimeOffset at) => Text($"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}");

    /// <summary>An amount in the unit in which a step reports: bytes as sizes, everything else counted.</summary>
    public static string Amount(long amount, string unit) =>
        unit == "bytes" ? Bytes(amount) : Text($"{Count(amount)} {unit}");

    /// <summary><c>3.2 MB of 12.4 MB</c>, <c>1,200 of 5,000 documents</c>.</summary>
    public static string Progress(RunProgress progress)
    {
        if (progress.Total <= 0)
            return Amount(progress.Done, progress.Unit);
        return progress.Unit == "bytes"
            ? $"{Bytes(progress.Done)} of {Bytes(progress.Total)}"
            : $"{Count(progress.Done)} of {Amount(progress.Total, progress.Unit)}";
    }

    /// <summary>Null while it would only be a guess.</summary>
    public static string? TimeLeft(RunProgress progress, TimeSpan elapsed)
    {
        if (progress.TimeLeft(elapsed) is not { } left)
            return null;
        return left < TimeSpan.FromMinutes(1) ? Text($"about {left.TotalSeconds:0} s left") : $"about {Duration(left)} left";
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
