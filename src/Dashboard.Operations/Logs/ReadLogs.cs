using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Logs;

/// <summary>Looks into the logs that the dashboard captured; what a platform's own tool cannot say, by time and by level.</summary>
public sealed class ReadLogs(LogCapture capture, LogStore store, TimeProvider time) : Operation<ReadLogs.Request>
{
    /// <param name="Since">So long ago (15m, 1h, 30d), or a time as <see cref="Moments"/> reads it.</param>
    /// <param name="Level">At least.</param>
    public sealed record Request(
        [property: StringLength(40)] string Since = "15m",
        [property: StringLength(40)] string? Until = null,
        LineLevel Level = LineLevel.Info,
        [property: StringLength(200)] string? Contains = null,
        [property: StringLength(100)] string? Machine = null,
        [property: Range(1, 2_000)] int Limit = 500) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            foreach (var (text, name) in new[] { (Since, nameof(Since)), (Until, nameof(Until)) })
            {
                if (text is not null && !LogTimes.TryRead(text, DateTimeOffset.UnixEpoch.AddYears(30), out _))
                    yield return new ValidationResult($"'{text}' is no time; write {LogTimes.Forms}.", [name]);
            }
        }
    }

    public override string Title => "Read the logs";

    public override string Summary => "Shows the application's log lines of a time, from a level on, from the dashboard's own copy.";

    public override Role Needs => Role.Viewer;

    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = steps.Run.Environment;
        await steps.BeginAsync("Capture the latest lines", cancellationToken);
        try
        {
            var added = await capture.CaptureAsync(environment, cancellationToken);
            steps.Note(string.Create(CultureInfo.InvariantCulture, $"{added} new"));
        }
        catch (PlatformException exception)
        {
            steps.FailStep(exception.Message);
            steps.Warn($"The latest lines are not among these: {exception.Message}");
        }

        await steps.BeginAsync("Read", cancellationToken);
        var now = time.GetUtcNow();
        _ = LogTimes.TryRead(request.Since, now, out var since);
        var query = new LogQuery(environment, since, LogTimes.TryRead(request.Until, now, out var until) ? until : null, request.Level, request.Contains, request.Machine, request.Limit);
        var answer = await store.ReadAsync(query, cancellationToken);
        Tell(answer, query, steps);
        return OperationResult.Success(string.Create(
            CultureInfo.InvariantCulture, $"{answer.Lines.Count:N0} lines of {environment} since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(request.Level == LineLevel.Info ? string.Empty : $", {request.Level.ToString().ToLowerInvariant()} and worse")}."));
    }

    private static void Tell(LogAnswer answer, LogQuery query, OperationSteps steps)
    {
        foreach (var line in answer.Lines)
        {
            if (line.Level == LineLevel.Error)
                steps.Error(line.Sentence);
            else if (line.Level == LineLevel.Warning)
                steps.Warn(line.Sentence);
            else
                steps.Log(line.Sentence);
        }

        foreach (var remark in answer.RemarksFor(query))
            steps.Warn(remark);
        steps.Fact("lines", answer.Lines.Count.ToString(CultureInfo.InvariantCulture));
        steps.Fact("errors", answer.Lines.Count(line => line.Level == LineLevel.Error).ToString(CultureInfo.InvariantCulture));
        steps.Fact("gaps", answer.Gaps.Count.ToString(CultureInfo.InvariantCulture));
    }
}
