namespace Dashboard.Components.Charts;

/// <summary>One point of a line, ready to draw.</summary>
public sealed record ChartPoint(DateTimeOffset At, double Value);
