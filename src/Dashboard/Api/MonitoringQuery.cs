using System.Globalization;
using Dashboard.Operations.Metrics;

namespace Dashboard.Api;

/// <summary>The parameters of <c>GET /api/monitoring/deployment</c>, read from whatever was sent.</summary>
internal sealed record MonitoringQuery(string Action, string? Environment, string Format, DateTimeOffset? From, DateTimeOffset? To, IsoWeek? Week, int? Limit, EventMark? After, bool? IsOpen)
{
    public static readonly IReadOnlyList<string> Keys = ["action", "environment", "format", "from", "to", "week", "limit", "after", "open"];

    private const int MostAtOnce = 1_000;
    private const int LongestName = 200;
    private static readonly string[] Moments = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public EventQuery Events => new(Environment, From, To, After);

    /// <summary>Either a query or what is wrong.</summary>
    public static (MonitoringQuery? Query, string Error) Read(IQueryCollection query)
    {
        string? Value(string key) => query.TryGetValue(key, out var values) && values[0] is { Length: > 0 } text ? text : null;
        if (Keys.FirstOrDefault(key => query.TryGetValue(key, out var values) && values.Count > 1) is { } twice)
            return (null, $"{twice} is given more than once.");
        if (Value("environment") is { Length: > LongestName })
            return (null, $"environment is longer than {LongestName} characters.");
        DateTimeOffset? from = null, to = null;
        if (Value("from") is { } begins && !TryMoment(begins, out from) || Value("to") is { } ends && !TryMoment(ends, out to))
            return (null, "from and to are moments such as 2026-11-16 or 2026-11-16T08:00:00Z.");
        IsoWeek? week = null;
        if (Value("week") is { } number && (week = IsoWeek.TryParse(number)) is null)
            return (null, "week is an ISO week such as 2026-W47.");
        if (week is not null && (from ?? to) is not null)
            return (null, "Give either week or from and to.");
        if (from >= to)
            return (null, "from is not before to.");
        int? limit = null;
        if (Value("limit") is { } most && (limit = Number(most)) is null)
            return (null, $"limit is a number from 1 to {MostAtOnce}.");
        EventMark? after = null;
        if (Value("after") is { } mark && (after = EventMark.TryParse(mark)) is null)
            return (null, "after is not what a Link header gave.");
        bool? open = null;
        if (Value("open") is { } state && (open = state switch { "true" => true, "false" => false, _ => null }) is null)
            return (null, "open is true or false.");
        var format = Value("format") == "csv" ? "csv" : "json";
        if (format == "csv" && (limit is not null || after is not null))
            return (null, "limit and after are for format=json; narrow a CSV by from and to, or by week.");
        return (new MonitoringQuery(Value("action") ?? "stats", Value("environment"), format, week?.From ?? from, week?.To ?? to, week, limit, after, open), string.Empty);
    }

    /// <summary>A plus that was not escaped arrives as a space.</summary>
    private static bool TryMoment(string text, out DateTimeOffset? moment)
    {
        var isOne = DateTimeOffset.TryParseExact(text.Replace(' ', '+'), Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var read);
        moment = isOne ? read : null;
        return isOne;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostAtOnce ? number : null;
}
