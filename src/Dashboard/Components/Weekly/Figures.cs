using Dashboard.Components.Shared;
using Dashboard.Operations.Metrics;

namespace Dashboard.Components.Weekly;

/// <summary>How a figure reads: its value, its target, and the arithmetic for who wants to know.</summary>
internal static class Figures
{
    public static string ValueOf(Figure figure) => figure.Value is { } value ? Text(value, figure.Unit) : "–";

    public static string TargetOf(Figure figure) =>
        figure.Targets.Count == 0 ? "–" : string.Join("; ", figure.Targets.Select(target => $"{(target.IsUpper ? "<" : ">")} {Text(target.Limit, figure.Unit)} ({target.Source})"));

    /// <summary>Against the week before; empty where one of them has no value.</summary>
    public static string ChangeOf(Figure now, Figure before) => (now.Value, before.Value) switch
    {
        ({ } value, { } earlier) when value > earlier => $"▲ from {Text(earlier, now.Unit)}",
        ({ } value, { } earlier) when value < earlier => $"▼ from {Text(earlier, now.Unit)}",
        ({ }, { }) => "unchanged",
        _ => string.Empty,
    };

    public static string ArithmeticOf(Figure figure)
    {
        var count = figure.Denominator == 1 && figure.Unit == "count"
            ? string.Empty
            : FormattableString.Invariant($" = {Formats.Number(figure.Numerator, 0)} ÷ {Formats.Number(figure.Denominator, figure.Denominator == Math.Floor(figure.Denominator) ? 0 : 2)}");
        var leftOut = string.Concat(figure.LeftOut.Select(left => $" Left out: {Formats.Count(left.Count)} {left.What}. {left.Why}"));
        return $"{figure.Formula}{count}.{leftOut}{(figure.Note is null ? string.Empty : $" {figure.Note}")}";
    }

    private static string Text(double value, string unit) => unit switch
    {
        "ratio" => Formats.Percent(value),
        "ms" => Formats.Milliseconds(value),
        "count" => Formats.Number(value, 0),
        _ => $"{Formats.Number(value, value == Math.Floor(value) ? 0 : 1)} {unit}",
    };
}
