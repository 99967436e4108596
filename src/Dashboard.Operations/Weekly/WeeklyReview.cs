using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Weekly;

/// <summary>One week as the runbook reviews it.</summary>
/// <param name="Environment">Null: all of them together.</param>
/// <param name="Before">The same figures of the week before.</param>
/// <param name="Alerts">By rule and environment, the most frequent first.</param>
public sealed record WeeklyReview(
    IsoWeek Week,
    bool IsClosed,
    string? Environment,
    DeploymentReport Now,
    DeploymentReport Before,
    IReadOnlyList<WeeklySeries> Series,
    IReadOnlyList<AlertTally> Alerts,
    IReadOnlyList<RecurringProblem> Problems,
    IReadOnlyList<WeeklyNote> Notes)
{
    /// <summary>False: the reader is offered no button for issues.</summary>
    public bool MakesIssues { get; init; }

    /// <summary>Whether the single events of the week are still there to be downloaded.</summary>
    public bool HasEvents { get; init; } = true;

    public IReadOnlyList<Figure> Missed => [.. Now.Review.Where(figure => figure.Verdict == Verdict.Missed)];

    /// <summary>Some targets had nothing to be judged by.</summary>
    public bool HasUnknown => Now.Review.Any(figure => figure.Verdict == Verdict.Unknown);

    /// <summary>Whether anything was counted that has a target.</summary>
    public bool IsJudged => Now.Review.Any(figure => figure.Verdict is Verdict.Met or Verdict.Missed);
}

/// <summary>A value for each day of the week.</summary>
public sealed record WeeklySeries(string Title, string Unit, IReadOnlyList<SeriesPoint> Days, bool IsCounted);

public sealed record AlertTally(string Environment, string Rule, string Title, int Times);
