namespace Dashboard.Operations.Weekly;

/// <summary>What one rule said of one environment more than once: the runbook wants an issue for it.</summary>
/// <param name="Key">Environment and rule; one problem has one issue, in whatever week it is looked at.</param>
/// <param name="Title">Of the newest alert.</param>
/// <param name="Times">Alerts in the reviewed week.</param>
/// <param name="Weeks">Of the four weeks up to the reviewed one, in how many it was raised.</param>
public sealed record RecurringProblem(string Key, string Environment, string Rule, string Title, string Message, int Times, int Weeks, DateTimeOffset LastAt)
{
    /// <summary>Null while nobody has made one.</summary>
    public IssueLink? Issue { get; init; }
}
