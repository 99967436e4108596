using Dashboard.Operations.Alerts;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Weekly;

/// <summary>Finds what comes back: three times in the week, or in two of the last four.</summary>
public sealed class RecurringProblems(AlertBook alerts, DashboardDatabase database)
{
    private const int OftenInAWeek = 3;
    private const int LooksBack = 4;
    private const int OftenInWeeks = 2;

    /// <summary>More alerts than these in four weeks are a storm, whose kinds show in any part of it.</summary>
    private const int Most = 5_000;

    /// <summary>The most frequent first.</summary>
    public async Task<IReadOnlyList<RecurringProblem>> OfAsync(IsoWeek week, string? environment, CancellationToken cancellationToken)
    {
        var raised = await alerts.ListAsync(new AlertQuery(environment, From: week.From.AddDays(-7 * (LooksBack - 1)), To: week.To, Limit: Most, WithTrimmed: true), cancellationToken);
        var problems = raised.GroupBy(alert => KeyOf(alert.Environment, alert.Rule), StringComparer.Ordinal)
            .Select(group => ProblemOf(group.Key, [.. group], week))
            .Where(problem => problem.Times > 0 && (problem.Times >= OftenInAWeek || problem.Weeks >= OftenInWeeks))
            .OrderByDescending(problem => problem.Times).ThenBy(problem => problem.Key, StringComparer.Ordinal)
            .ToList();
        var keys = problems.Select(problem => problem.Key).ToList();
        var issues = (await database.IssueLinks.Find(Builders<IssueLink>.Filter.In(link => link.Problem, keys)).ToListAsync(cancellationToken)).ToDictionary(link => link.Problem, StringComparer.Ordinal);
        return [.. problems.Select(problem => problem with { Issue = issues.GetValueOrDefault(problem.Key) })];
    }

    internal static string KeyOf(string environment, string rule) => $"{environment}/{rule}";

    /// <param name="group">Newest first.</param>
    private static RecurringProblem ProblemOf(string key, IReadOnlyList<Alert> group, IsoWeek week) => new(
        key,
        group[0].Environment,
        group[0].Rule,
        group[0].Title,
        group[0].Message,
        group.Count(alert => alert.RaisedAt >= week.From),
        group.Select(alert => IsoWeek.Of(alert.RaisedAt)).Distinct().Count(),
        group[0].RaisedAt);
}
