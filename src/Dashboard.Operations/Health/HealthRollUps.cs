using System.Globalization;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Health;

/// <summary>An hour or a day of one target, in UTC.</summary>
public sealed record HealthRollUp
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Target { get; init; }

    public required DateTimeOffset From { get; init; }

    public required HealthSums Sums { get; init; }

    public int SchemaVersion { get; init; } = 1;
}

/// <summary>
/// Writes the hours from their samples and the days from their hours, always the whole of it again: to do it twice, or in two processes,
/// changes nothing. Samples are only ever added, so of two roll-ups that race the one with more of them is the newer, and stays.
/// </summary>
public sealed class HealthRollUps(DashboardDatabase database)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public async Task RollUpAsync(IReadOnlyCollection<DateTimeOffset> hours, CancellationToken cancellationToken)
    {
        foreach (var hour in hours.Order())
        {
            var tallies = new Tallies();
            var samples = database.HealthSamples.Find(sample => sample.Hour == hour);
            using var cursor = await samples.ToCursorAsync(cancellationToken);
            await cursor.ForEachAsync(sample => tallies.Of(sample.Environment, sample.Target).Add(sample), cancellationToken);
            await WriteAsync(database.HealthHours, tallies, hour, cancellationToken);
        }

        foreach (var day in hours.Select(HealthSlot.DayOf).Distinct().Order())
        {
            var tallies = new Tallies();
            var after = day + Day;
            using var cursor = await database.HealthHours.Find(rollUp => rollUp.From >= day && rollUp.From < after).ToCursorAsync(cancellationToken);
            await cursor.ForEachAsync(rollUp => tallies.Of(rollUp.Environment, rollUp.Target).Add(rollUp.Sums), cancellationToken);
            await WriteAsync(database.HealthDays, tallies, day, cancellationToken);
        }
    }

    /// <summary>What a process left undone that ended between a sample and its roll-up: the hours since the last one that was rolled up.</summary>
    public async Task CatchUpAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var latest = await database.HealthHours.Find(Builders<HealthRollUp>.Filter.Empty).SortByDescending(rollUp => rollUp.From).Limit(1).FirstOrDefaultAsync(cancellationToken);
        var oldest = HealthSlot.HourOf(now - HealthIndexes.KeepSamples) + Hour;
        var hour = latest is null || latest.From - Hour < oldest ? oldest : latest.From - Hour;
        var hours = new List<DateTimeOffset>();
        for (; hour <= now; hour += Hour)
            hours.Add(hour);
        await RollUpAsync(hours, cancellationToken);
    }

    private static async Task WriteAsync(IMongoCollection<HealthRollUp> collection, Tallies tallies, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var writes = tallies.All.Select(one =>
        {
            var rollUp = new HealthRollUp
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{one.Environment}|{one.Target}|{from.ToUnixTimeSeconds()}"),
                Environment = one.Environment,
                Target = one.Target,
                From = from,
                Sums = one.Tally.Sums,
            };
            var notNewer = Builders<HealthRollUp>.Filter.Eq(stored => stored.Id, rollUp.Id) & Builders<HealthRollUp>.Filter.Lte(stored => stored.Sums.Samples, rollUp.Sums.Samples);
            return new ReplaceOneModel<HealthRollUp>(notNewer, rollUp) { IsUpsert = true };
        }).ToList();
        if (writes.Count == 0)
            return;
        try
        {
            await collection.BulkWriteAsync(writes, new BulkWriteOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException<HealthRollUp> exception) when (exception.WriteConcernError is null && exception.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // Where it could not be replaced there is a newer one.
        }
    }

    private sealed class Tallies
    {
        private readonly Dictionary<(string Environment, string Target), HealthTally> _tallies = [];

        public IEnumerable<(string Environment, string Target, HealthTally Tally)> All => _tallies.Select(one => (one.Key.Environment, one.Key.Target, one.Value));

        public HealthTally Of(string environment, string target)
        {
            if (!_tallies.TryGetValue((environment, target), out var tally))
                _tallies.Add((environment, target), tally = new HealthTally());
            return tally;
        }
    }
}
