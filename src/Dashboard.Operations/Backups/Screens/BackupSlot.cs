using Cronos;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Backups;

/// <summary>When an entry of the schedule that has to do with backups comes next.</summary>
/// <param name="Next">The coming times, in their order; none when its cron line never comes true again.</param>
public sealed record BackupSlot(string Name, string Operation, string Environment, string Reason, string Cron, string TimeZone, IReadOnlyList<DateTimeOffset> Next)
{
    /// <summary>The next one first.</summary>
    public static IReadOnlyList<BackupSlot> Of(IEnumerable<ScheduleSettings> schedule, DateTimeOffset now, int times) =>
    [
        .. schedule
            .Where(entry => entry.Operation.Contains("backup", StringComparison.Ordinal))
            .Select(entry => new BackupSlot(entry.Name, entry.Operation, entry.Environment, entry.Reason, entry.Cron, entry.TimeZone.Id, TimesOf(entry, now, times)))
            .OrderBy(slot => slot.Next is [var first, ..] ? first : DateTimeOffset.MaxValue),
    ];

    // As Hangfire reckons it, with the same library.
    private static List<DateTimeOffset> TimesOf(ScheduleSettings entry, DateTimeOffset now, int times)
    {
        var cron = CronExpression.Parse(entry.Cron);
        var next = new List<DateTimeOffset>();
        for (var from = now; next.Count < times && cron.GetNextOccurrence(from, entry.TimeZone) is { } at; from = at)
            next.Add(at);
        return next;
    }
}
