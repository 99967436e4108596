using System.Collections.Concurrent;
using Cronos;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>A slot of the schedule passed and its operation did not begin: refused, forgotten, or nobody was there to begin it.</summary>
public sealed class DutyOverdue(Settings settings, RunHistory history, DashboardDatabase database, AlertTimes times) : IAlertRule
{
    /// <summary>How many runs of the same operation by other hands are looked through.</summary>
    private const int Looked = 200;

    /// <summary>A scheduler's clock may be a little ahead of ours.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(1);

    // The shortest that holds a slot is enough; a yearly duty needs the longest.
    private static readonly TimeSpan[] Spans = [TimeSpan.FromHours(2), TimeSpan.FromDays(2), TimeSpan.FromDays(40), TimeSpan.FromDays(400)];

    // What was once seen to have run has run.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _done = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);

    public string Name => "duty-overdue";

    public string Title => "Duty overdue";

    public string Threshold(AlertScope scope) => $"a scheduled run that has not begun {RuleText.Span(times.DutyPatience)} after its time (schedule in config/dashboard.json)";

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var findings = new List<AlertFinding>();
        foreach (var duty in settings.Schedule.Where(entry => entry.Environment == scope.Environment.Name))
        {
            var known = await SinceAsync(duty, scope.Now, cancellationToken);
            if (LastSlot(duty, scope.Now - times.DutyPatience) is { } slot && slot > known && !await HasRunAsync(duty, slot, cancellationToken))
                findings.Add(FindingOf(duty, slot));
        }

        return findings;
    }

    internal static DateTimeOffset? LastSlot(ScheduleSettings duty, DateTimeOffset before)
    {
        var cron = CronExpression.Parse(duty.Cron);
        foreach (var span in Spans)
        {
            if (cron.GetOccurrences(before - span, before, duty.TimeZone).Select(at => (DateTimeOffset?)at).LastOrDefault() is { } last)
                return last;
        }

        return null;
    }

    private async Task<DateTimeOffset> SinceAsync(ScheduleSettings duty, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = $"{duty.Name} {duty.Cron} {duty.TimeZone.Id} {duty.Operation} {duty.Environment}";
        if (_since.TryGetValue(id, out var known))
            return known;
        var watch = await database.DutyWatches.FindOneAndUpdateAsync(
            Builders<DutyWatch>.Filter.Eq(found => found.Id, id),
            Builders<DutyWatch>.Update.SetOnInsert(found => found.Since, now),
            new FindOneAndUpdateOptions<DutyWatch> { IsUpsert = true, ReturnDocument = ReturnDocument.After },
            cancellationToken);
        return _since[id] = watch.Since;
    }

    private async Task<bool> HasRunAsync(ScheduleSettings duty, DateTimeOffset slot, CancellationToken cancellationToken)
    {
        if (_done.TryGetValue(duty.Name, out var done) && done == slot)
            return true;
        var runs = await history.ListAsync(new RunFilter(duty.Environment, duty.Operation), Looked, before: null, cancellationToken);
        if (!runs.Any(run => run.Door == Door.Schedule && run.Actor == $"schedule {duty.Name}" && run.QueuedAt > slot - Early))
            return false;
        _done[duty.Name] = slot;
        return true;
    }

    private static AlertFinding FindingOf(ScheduleSettings duty, DateTimeOffset slot) => new(
        duty.Name,
        AlertSeverity.Error,
        $"{duty.Name} did not run",
        $"The scheduled {duty.Operation} of {duty.Environment} ({duty.Name}) should have begun at {RuleText.Moment(slot)} and did not. See on Hangfire's page why it was refused, and start it by hand if it cannot wait for its next time.",
        slot)
    {
        IsLasting = true,
    };
}
