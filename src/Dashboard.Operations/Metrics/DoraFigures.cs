namespace Dashboard.Operations.Metrics;

/// <summary>The four keys of DORA, as far as deployment events can tell them; where a definition needs more, the figure says so.</summary>
internal sealed class DoraFigures(WindowSum counted)
{
    private readonly DeploymentSum _made = counted.Deployments;

    public Figure Frequency => new()
    {
        Name = FigureNames.Frequency,
        Title = "Deployment frequency",
        Unit = "per day",
        Formula = "Successful deployments ÷ days of the window, days without one included",
        Numerator = _made.Successful,
        Denominator = counted.Window.Length.TotalDays,
        Value = counted.Window.Length == TimeSpan.Zero ? null : _made.Successful / counted.Window.Length.TotalDays,
        Note = "DORA: how often code is deployed to production. Four Keys takes the median of days; this is the mean.",
    };

    public Figure LeadTime => new()
    {
        Name = FigureNames.LeadTime,
        Title = "Lead time for changes",
        Unit = "ms",
        Formula = "Median time from a deployment's first event to its last, of successful deployments; to within 2 %",
        Numerator = _made.Times.Sum,
        Denominator = _made.Times.Count,
        Value = _made.Times.Quantile(0.5),
        Note = "DORA counts from the commit. Only the part from the beginning of the deployment is known here; the time from the commit to there is not in it.",
    };

    public Figure ChangeFailureRate => new()
    {
        Name = FigureNames.ChangeFailureRate,
        Title = "Change failure rate",
        Unit = "ratio",
        Formula = "Deployments that failed or were gone back from ÷ deployments that ended",
        Numerator = _made.ChangeFailures,
        Denominator = _made.Successful + _made.Failed,
        Value = _made.Successful + _made.Failed == 0 ? null : (double)_made.ChangeFailures / (_made.Successful + _made.Failed),
        LeftOut = _made.Unfinished == 0 ? [] : [new LeftOut(_made.Unfinished, "unfinished deployments", "How they end is not known.")],
        Note = "DORA: the share of deployments that cause a failure in production. Failures that nobody went back from are not known here; a deployment that failed before it changed anything counts too.",
    };

    public Figure TimeToRestore => new()
    {
        Name = FigureNames.TimeToRestore,
        Title = "Failed deployment recovery time",
        Unit = "ms",
        Formula = "Median time from a deployment's failure to the end of the way back from it or the environment's next good verification, whichever came first; to within 2 %",
        Numerator = _made.Restores.Sum,
        Denominator = _made.Restores.Count,
        Value = _made.Restores.Quantile(0.5),
        LeftOut = _made.ChangeFailures == _made.Restores.Count ? [] : [new LeftOut(_made.ChangeFailures - _made.Restores.Count, "failures", "Nothing good has been seen after them.")],
        Note = "DORA, named so since 2023, before that time to restore service. Where only going back showed that a deployment was bad, it counts from that deployment's good verification.",
    };
}
