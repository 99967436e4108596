using System.Globalization;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Databases;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Health;

/// <summary>Asks an application's database directly: how fast it answers, how many connections it has, which queries are slow, which indexes are used. Changes nothing.</summary>
public sealed class DatabaseProbe(HealthCheckSettings settings, TimeProvider time)
{
    private const int CollectionsAsked = 50;
    private const int IndexesKept = 100;
    private const int QueriesKept = 10;
    private static readonly TimeSpan SlowPast = TimeSpan.FromHours(1);

    /// <summary>Null when the database does not answer in time.</summary>
    public async Task<DatabaseFacts?> LookAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.DatabaseTimeout);
        var database = environment.Database;
        try
        {
            var ping = await MeasureAsync(() => database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), cancellationToken: limit.Token));
            var query = await MeasureAsync(() => database.GetCollection<BsonDocument>("users").EstimatedDocumentCountAsync(cancellationToken: limit.Token));
            var (source, queries) = await SlowQueriesAsync(database, limit.Token);
            return new DatabaseFacts
            {
                Id = environment.Name,
                At = time.GetUtcNow(),
                PingMilliseconds = ping,
                QueryMilliseconds = query,
                Connections = await ConnectionsAsync(database, limit.Token),
                SlowQuerySource = source,
                SlowQueries = queries,
                Indexes = await IndexesAsync(database, limit.Token),
            };
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task<ConnectionUse?> ConnectionsAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var status = await OfferedAsync(() => database.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("serverStatus", 1), cancellationToken: cancellationToken));
        if (status?.GetValue("connections", null) is not BsonDocument connections || !connections.Contains("current") || !connections.Contains("available"))
            return null;
        var open = connections["current"].ToInt64();
        return new ConnectionUse(open, connections.TryGetValue("active", out var active) ? active.ToInt64() : null, open + connections["available"].ToInt64());
    }

    /// <summary>From the profiler while it is on, because it remembers; else what is slow at this moment.</summary>
    private static async Task<(string? Source, IReadOnlyList<string>? Queries)> SlowQueriesAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        if (await Profiler.LookAsync(database, cancellationToken) is { Setting.Level: > 0 } && await ProfiledAsync(database, cancellationToken) is { } profiled)
            return ("profiler", profiled);
        var asked = new BsonDocument { ["currentOp"] = 1, ["active"] = true, ["secs_running"] = new BsonDocument("$gte", 1) };
        var answer = await OfferedAsync(() => database.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(asked, cancellationToken: cancellationToken));
        if (answer?.GetValue("inprog", null) is not BsonArray running)
            return (null, null);
        var prefix = database.DatabaseNamespace.DatabaseName + ".";
        return ("currentOp",
        [
            .. running.OfType<BsonDocument>()
                .Where(one => one.GetValue("ns", string.Empty).ToString()!.StartsWith(prefix, StringComparison.Ordinal) && one.TryGetValue("secs_running", out var seconds) && seconds.IsNumeric)
                .OrderByDescending(one => one["secs_running"].ToInt64())
                .Take(QueriesKept)
                .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one["ns"]} {one.GetValue("op", string.Empty)} {QueryShape.Of(one)}: running for {one["secs_running"].ToInt64()} s")),
        ]);
    }

    private static async Task<IReadOnlyList<string>?> ProfiledAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            var since = await Profiler.NowAsync(database, cancellationToken) - SlowPast;
            return [.. (await SlowQuery.ReadAsync(database, since, cancellationToken)).Take(QueriesKept).Select(query => query.Sentence)];
        }
        catch (MongoCommandException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<IndexUse>?> IndexesAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var indexes = new List<IndexUse>();
        var names = (await IndexCatalog.ListAsync(database, cancellationToken)).Select(index => index.Collection).Distinct(StringComparer.Ordinal);
        foreach (var name in names.Take(CollectionsAsked))
        {
            if (await IndexCatalog.UsageAsync(database, name, cancellationToken) is not { } uses)
                return null;
            indexes.AddRange(uses.Where(use => use.Key != "_id_" && !StandIn.Is(use.Key)).Select(use => new IndexUse($"{name}.{use.Key}", use.Value)));
        }

        return [.. indexes.OrderBy(index => index.Uses).ThenBy(index => index.Index, StringComparer.Ordinal).Take(IndexesKept)];
    }

    /// <summary>Null when the engine, or the user's rights, do not have it.</summary>
    private static async Task<BsonDocument?> OfferedAsync(Func<Task<BsonDocument>> ask)
    {
        try
        {
            return await ask();
        }
        catch (MongoCommandException)
        {
            return null;
        }
    }

    private async Task<double> MeasureAsync(Func<Task> act)
    {
        var began = time.GetTimestamp();
        await act();
        return time.GetElapsedTime(began).TotalMilliseconds;
    }
}
