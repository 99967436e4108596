using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Health;

/// <summary>The past of an environment from its hours and days: what is read is as long as what is shown, however much is stored.</summary>
public sealed class UptimeHistory(DashboardDatabase database, TimeProvider time)
{
    public const int DaysShown = 90;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Ninety days, today included, oldest first; a day without a sample is unknown.</summary>
    /// <param name="target">One of <see cref="HealthTargets"/> or an endpoint's path.</param>
    public async Task<IReadOnlyList<HealthBar>> BarsAsync(string environment, string target, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = HealthSlot.DayOf(now);
        var first = today - (DaysShown - 1) * Day;
        var stored = (await ReadAsync(database.HealthDays, environment, target, first, cancellationToken)).ToDictionary(day => day.From, day => day.Sums);
        return
        [
            .. Enumerable.Range(0, DaysShown).Select(number => first + number * Day)
                .Select(day => new HealthBar(day, day == today ? now : day + Day, stored.GetValueOrDefault(day, HealthSums.None))),
        ];
    }

    /// <summary>24 hours, 7 days, 30 days, 90 days.</summary>
    public async Task<IReadOnlyList<Uptime>> UptimesAsync(string environment, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var weekAgo = HealthSlot.HourOf(now) + Hour - Week;
        var today = HealthSlot.DayOf(now);
        var hours = await ReadAsync(database.HealthHours, environment, HealthTargets.Whole, weekAgo, cancellationToken);
        var days = await ReadAsync(database.HealthDays, environment, HealthTargets.Whole, today - (DaysShown - 1) * Day, cancellationToken);
        return
        [
            Of("24 hours", hours, weekAgo + Week - Day, now),
            Of("7 days", hours, weekAgo, now),
            Of("30 days", days, today - 29 * Day, now),
            Of("90 days", days, today - (DaysShown - 1) * Day, now),
        ];
    }

    /// <summary>Each hour of a week that has a time, oldest first.</summary>
    public async Task<IReadOnlyList<HealthHour>> HoursAsync(string environment, string target, CancellationToken cancellationToken) =>
    [
        .. (await ReadAsync(database.HealthHours, environment, target, HealthSlot.HourOf(time.GetUtcNow()) + Hour - Week, cancellationToken))
            .Where(hour => hour.Sums.Timed > 0)
            .Select(hour => new HealthHour(hour.From, hour.Sums.AverageMilliseconds ?? 0, hour.Sums.P95Milliseconds ?? 0)),
    ];

    /// <summary>The newest direct look at the database; null when none was ever stored.</summary>
    public async Task<DatabaseFacts?> DatabaseAsync(string environment, CancellationToken cancellationToken) =>
        await database.HealthDatabases.Find(facts => facts.Id == environment).FirstOrDefaultAsync(cancellationToken);

    private static Uptime Of(string title, IReadOnlyList<HealthRollUp> rollUps, DateTimeOffset from, DateTimeOffset now)
    {
        var tally = new HealthTally();
        foreach (var rollUp in rollUps.Where(rollUp => rollUp.From >= from))
            tally.Add(rollUp.Sums);
        return new Uptime(title, from, now, tally.Sums);
    }

    private static async Task<IReadOnlyList<HealthRollUp>> ReadAsync(
        IMongoCollection<HealthRollUp> rollUps, string environment, string target, DateTimeOffset from, CancellationToken cancellationToken) =>
        await rollUps.Find(rollUp => rollUp.Environment == environment && rollUp.Target == target && rollUp.From >= from).SortBy(rollUp => rollUp.From).ToListAsync(cancellationToken);
}

/// <summary>How fast a target answered within an hour.</summary>
public sealed record HealthHour(DateTimeOffset From, double AverageMilliseconds, double P95Milliseconds);
