using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Health;

/// <summary>The four health endpoints; their keys, units and status codes are a contract with the tools that read them.</summary>
internal static class HealthEndpoints
{
    /// <summary>The team's runner records what was executed and nothing else; the dashboard also what is under way or failed, and says so.</summary>
    private static readonly FilterDefinition<BsonDocument> Executed = Builders<BsonDocument>.Filter.In("state", [BsonNull.Value, (BsonValue)"executed"]);

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/api/health", Methods, GetHealthAsync);
        app.MapMethods("/api/health/database", Methods, GetDatabaseAsync);
        app.MapMethods("/api/health/db", Methods, GetDbAsync);
        app.MapMethods("/api/health/migrations", Methods, GetMigrationsAsync);
    }

    private static async Task<IResult> GetHealthAsync(
        TrackerSettings settings, PretendedHealth pretended, TrackerDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        if (pretended.WhyNot is { } reason)
            return Answer(500, new HealthErrorBody("error", Now(time), reason));

        try
        {
            await database.PingAsync(cancellationToken);
            return Answer(200, new HealthBody("ok", Now(time), settings.Environment, settings.Version, "connected"));
        }
        catch (Exception outage) when (TrackerDatabase.IsOutage(outage))
        {
            return Answer(503, new HealthBody("degraded", Now(time), settings.Environment, settings.Version, "error"));
        }
    }

    private static async Task<IResult> GetDatabaseAsync(TrackerDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var started = time.GetTimestamp();
            await database.PingAsync(cancellationToken);
            var connected = Milliseconds(time, started);

            var names = await database.AskAsync(
                async (source, token) => await (await source.ListCollectionNamesAsync(cancellationToken: token)).ToListAsync(token), cancellationToken);
            var hasMigrations = names.Contains("migrations", StringComparer.Ordinal);
            var migrations = hasMigrations ? await CountAsync(database, "migrations", Executed, cancellationToken) : 0;

            started = time.GetTimestamp();
            var users = await CountAsync(database, "users", FilterDefinition<BsonDocument>.Empty, cancellationToken);
            var queried = Milliseconds(time, started);

            return AnswerDatabase(time, connected, queried, new DatabaseFacts(
                true,
                string.Create(CultureInfo.InvariantCulture, $"{connected}ms"),
                string.Create(CultureInfo.InvariantCulture, $"{queried}ms"),
                new CollectionFacts(names.Count, [.. names.Take(10)]),
                new MigrationRecords(hasMigrations, migrations),
                new Statistics(users)));
        }
        catch (Exception outage) when (TrackerDatabase.IsOutage(outage))
        {
            return ConnectionError(time, outage);
        }
    }

    private static IResult AnswerDatabase(TimeProvider time, long connected, long queried, DatabaseFacts facts)
    {
        string[] warnings =
        [
            .. connected > 2000 ? ["Slow database connection"] : Array.Empty<string>(),
            .. queried > 1000 ? ["Slow database query"] : Array.Empty<string>(),
        ];
        var performance = new Performance(connected, queried, connected < 1000 && queried < 500 ? "good" : "slow");
        return warnings.Length == 0
            ? Answer(200, new DatabaseBody("ok", Now(time), facts, performance, null))
            : Answer(503, new DatabaseBody("warning", Now(time), facts, performance, warnings));
    }

    private static async Task<IResult> GetDbAsync(TrackerDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var started = time.GetTimestamp();
            await database.PingAsync(cancellationToken);
            return Answer(200, new DbBody("healthy", true, Now(time), Milliseconds(time, started), null));
        }
        catch (Exception outage) when (TrackerDatabase.IsOutage(outage))
        {
            return Answer(503, new DbBody("unhealthy", false, Now(time), null, TrackerDatabase.Describe(outage)));
        }
    }

    private static async Task<IResult> GetMigrationsAsync(
        MigrationFiles files, TrackerDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            // A read that fails is an error here, never "everything is pending".
            var versionOnly = new FindOptions<BsonDocument> { Projection = Builders<BsonDocument>.Projection.Include("version") };
            var records = await database.FindAsync("migrations", Executed, versionOnly, cancellationToken);
            var executed = records.Select(record => MigrationFile.NumberOf(record.GetValue("version", "").ToString())).ToHashSet();
            var pending = files.All.Where(file => !executed.Contains(file.Number)).ToList();
            var isOk = pending.Count == 0 && files.AreValid;
            return Answer(isOk ? 200 : 503, new MigrationsBody(
                isOk ? "ok" : "warning",
                Now(time),
                new MigrationCounts(files.All.Count, files.All.Count - pending.Count, pending.Count, files.AreValid),
                new MigrationsDatabase(true, "accessible"),
                pending.Count == 0 ? null : [.. pending.Select(file => new PendingMigration(file.Version, file.Description, file.Filename))]));
        }
        catch (Exception outage) when (TrackerDatabase.IsOutage(outage))
        {
            return ConnectionError(time, outage);
        }
    }

    private static Task<long> CountAsync(
        TrackerDatabase database, string collection, FilterDefinition<BsonDocument> filter, CancellationToken cancellationToken) => database.AskAsync(
        (source, token) => source.GetCollection<BsonDocument>(collection).CountDocumentsAsync(filter, null, token),
        cancellationToken);

    private static IResult ConnectionError(TimeProvider time, Exception outage) =>
        Answer(500, new ConnectionErrorBody("error", Now(time), TrackerDatabase.Describe(outage), new Disconnected(false)));

    private static IResult Answer<T>(int status, T body) => Results.Json(body, statusCode: status);

    private static string Now(TimeProvider time) =>
        time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static long Milliseconds(TimeProvider time, long started) => (long)time.GetElapsedTime(started).TotalMilliseconds;
}
