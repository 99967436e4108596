using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Weekly;

/// <summary>Tells an environment's channels how a week went; of each week once, however often it is started.</summary>
public sealed class SendWeeklySummary(WeeklyReviews reviews, Announcements announcements) : Operation<SendWeeklySummary.Request>
{
    /// <summary>Where an alert names its rule.</summary>
    public const string Rule = "weekly-summary";

    /// <param name="Week">Null: the last one that is over.</param>
    public sealed record Request([property: RegularExpression(@"^\d{4}-W\d\d$", ErrorMessage = "A week is written as 2026-W48.")] string? Week = null);

    public override string Title => "Send weekly summary";

    public override string Summary => "Tells the environment's channels how the last week went, against the targets.";

    public override Role Needs => Role.Operator;

    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Count the week", cancellationToken);
        if ((request.Week is null ? reviews.LastClosed : IsoWeek.TryParse(request.Week)) is not { } week)
            return OperationResult.Failure($"{request.Week} is no week; write it as 2026-W48.");
        var review = await reviews.ReadAsync(week, steps.Run.Environment, cancellationToken);
        if (!review.IsClosed)
            return OperationResult.Failure($"{week} is not over yet; its summary can be sent from {week.To.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} on.");

        await steps.BeginAsync("Hand it to the channels", cancellationToken, StepStop.Never);
        var text = TextOf(review);
        steps.Log(text);
        var severity = review.Missed.Count > 0 ? AlertSeverity.Warning : AlertSeverity.Info;
        await announcements.TellAsync(steps.Run.Environment, Rule, week.ToString(), severity, $"{steps.Run.Environment}: week {week}, {VerdictOf(review)}", text, deploymentId: null, cancellationToken);
        return OperationResult.Success($"The summary of {week} is handed to the channels of {steps.Run.Environment}: {VerdictOf(review)}.");
    }

    private static string VerdictOf(WeeklyReview review) => review switch
    {
        { IsJudged: false } => "nothing to judge",
        { Missed.Count: 0 } => "all targets met",
        _ => $"missed: {string.Join(", ", review.Missed.Select(figure => figure.Title.ToLowerInvariant()))}",
    };

    private static string TextOf(Figure figure) => (figure.Unit, figure.Value) switch
    {
        (_, null) => "–",
        ("ratio", { } share) => RuleText.Share(share),
        ("ms", { } milliseconds) => RuleText.Span(TimeSpan.FromMilliseconds(milliseconds)),
        ("count", { } count) => RuleText.Text($"{count:0}"),
        (var unit, { } value) => RuleText.Text($"{value:0.#} {unit}"),
    };

    private static string TextOf(WeeklyReview review)
    {
        var text = new StringBuilder();
        foreach (var figure in review.Now.Review.Where(figure => figure.Value is not null))
            text.AppendLine(CultureInfo.InvariantCulture, $"{figure.Title}: {TextOf(figure)}{(figure.Verdict == Verdict.Missed ? " (missed)" : string.Empty)}");
        foreach (var problem in review.Problems)
            text.AppendLine(CultureInfo.InvariantCulture, $"Comes back: {problem.Title} ({problem.Times} ×)");
        return text.Length == 0 ? "Nothing was deployed and nothing was raised." : text.ToString().TrimEnd();
    }
}
