using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Overview;

/// <summary>What the <c>dashboards</c> section of <c>config/monitoring.json</c> asks the overview to show.</summary>
/// <param name="Window">How far back the numbers go.</param>
/// <param name="Windows">What may be chosen instead: <c>metrics.aggregation.intervals</c>.</param>
/// <param name="Refresh">How old it may become.</param>
public sealed record Board(IReadOnlyList<BoardNumber> Numbers, IReadOnlyList<BoardChart> Charts, TimeSpan Window, IReadOnlyList<TimeSpan> Windows, TimeSpan Refresh);

/// <summary>One number over the window, with its arithmetic.</summary>
public sealed record BoardNumber(ChartMetric Metric, Figure Figure);

/// <param name="Unit">Of the points.</param>
/// <param name="Points">Oldest first; none of a gauge.</param>
/// <param name="Share">Of a gauge: 0 to 1, null where nothing is known.</param>
public sealed record BoardChart(ChartRequest Request, string Title, string Unit, IReadOnlyList<SeriesPoint> Points, double? Share);
