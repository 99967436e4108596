using System.Globalization;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Health.Contract;

/// <summary>
/// The original's four health paths, answered for an environment by asking anew each time and within a limit. What a driver or a tool says
/// goes to the log and never into an answer: it may name hosts and users.
/// </summary>
public sealed partial class HealthContract(
    HealthSuite suite, IMigrations migrations, EnvironmentRegistry environments, Settings settings, TimeProvider time, ILogger<HealthContract> logger)
{
    private const string HealthPath = "/api/health";
    private const int NamesShown = 10;

    /// <summary>The original's limit for reaching the database.</summary>
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(5);

    private HealthCheckSettings Checks => settings.HealthChecks;

    /// <summary>The default environment when no name is given; null when there is none of that name.</summary>
    public TargetEnvironment? Find(string? name) => environments.Find(string.IsNullOrEmpty(name) ? settings.DefaultEnvironment : name);

    /// <summary><c>/api/health</c>: 200 ok, 503 degraded without a database, 500 error without a report of the application.</summary>
    public async Task<ContractAnswer> HealthAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var asked = AskApplicationAsync(environment, cancellationToken);
        var connected = await IsConnectedAsync(environment, cancellationToken);
        var answer = await asked;
        if (answer?.Body is not { } body)
            return new ContractAnswer(500, new HealthErrorBody("error", Now(), $"The application of {environment.Name} gives no health report; see the runbook, Incident Response."));
        if (answer.Check.State == HealthState.Down)
            return new ContractAnswer(500, new HealthErrorBody("error", Now(), $"The application of {environment.Name} reports an error; see the runbook, Incident Response."));

        connected &= HealthBody.Text(body["database"]) is not "error";
        return new ContractAnswer(
            connected ? 200 : 503,
            new HealthAnswerBody(connected ? "ok" : "degraded", Now(), environment.Name, HealthBody.Version(body) ?? "unknown", connected ? "connected" : "error"));
    }

    /// <summary><c>/api/health/database</c>: 200 ok, 503 warning when slow, 500 error.</summary>
    public Task<ContractAnswer> DatabaseAsync(TargetEnvironment environment, CancellationToken cancellationToken) => WithinAsync(
        Checks.DatabaseTimeout,
        environment,
        async limit =>
        {
            var database = environment.Database;
            var connected = await MeasureAsync(() => PingAsync(database, limit));
            var names = await (await database.ListCollectionNamesAsync(cancellationToken: limit)).ToListAsync(limit);
            var records = environment.Settings.Migrations.Collection;
            var hasRecords = names.Contains(records, StringComparer.Ordinal);
            var executed = hasRecords ? await CountAsync(database, records, limit) : 0;
            long users = 0;
            var queried = await MeasureAsync(async () => users = await CountAsync(database, "users", limit));
            return AnswerDatabase(connected, queried, new DatabaseBody.Facts(
                Connected: true,
                string.Create(CultureInfo.InvariantCulture, $"{connected}ms"),
                string.Create(CultureInfo.InvariantCulture, $"{queried}ms"),
                new DatabaseBody.CollectionFacts(names.Count, [.. names.Take(NamesShown)]),
                new DatabaseBody.MigrationFacts(hasRecords, executed),
                new DatabaseBody.CountFacts(users)));
        },
        () => ConnectionError($"The database of {environment.Name} does not answer; see the runbook, Incident Response."),
        cancellationToken);

    /// <summary><c>/api/health/db</c>: 200 healthy, 503 unhealthy.</summary>
    public Task<ContractAnswer> DbAsync(TargetEnvironment environment, CancellationToken cancellationToken) => WithinAsync(
        PingLimit,
        environment,
        async limit =>
        {
            var latency = await MeasureAsync(() => PingAsync(environment.Database, limit));
            return new ContractAnswer(200, new DbBody("healthy", Connected: true, Now(), latency, Error: null));
        },
        () => new ContractAnswer(503, new DbBody("unhealthy", Connected: false, Now(), Latency: null, $"The database of {environment.Name} does not answer; see the runbook, Incident Response.")),
        cancellationToken);

    /// <summary><c>/api/health/migrations</c>: 200 ok, 503 warning when something is pending or a file is not well-formed, 500 error.</summary>
    public Task<ContractAnswer> MigrationsAsync(TargetEnvironment environment, CancellationToken cancellationToken) => WithinAsync(
        Checks.MigrationTimeout,
        environment,
        async limit => AnswerMigrations(await migrations.StatusAsync(environment, limit)),
        () => ConnectionError($"The migrations of {environment.Name} cannot be told; see the page Migrations of the dashboard."),
        cancellationToken);

    private ContractAnswer AnswerDatabase(long connected, long queried, DatabaseBody.Facts facts)
    {
        string[] warnings =
        [
            .. connected > 2000 ? ["Slow database connection"] : Array.Empty<string>(),
            .. queried > 1000 ? ["Slow database query"] : Array.Empty<string>(),
        ];
        var times = new DatabaseBody.Times(connected, queried, connected < 1000 && queried < 500 ? "good" : "slow");
        return warnings.Length == 0
            ? new ContractAnswer(200, new DatabaseBody("ok", Now(), facts, times, Warnings: null))
            : new ContractAnswer(503, new DatabaseBody("warning", Now(), facts, times, warnings));
    }

    /// <summary>Of the files: what is recorded and has no file any more is no business of this path.</summary>
    private ContractAnswer AnswerMigrations(MigrationStatus status)
    {
        var files = status.Entries.Where(entry => entry.Filename is not null).ToList();
        var pending = files.Where(entry => !entry.IsApplied).ToList();
        var valid = status.Problems.Count == 0;
        var isOk = pending.Count == 0 && valid;
        return new ContractAnswer(isOk ? 200 : 503, new MigrationsBody(
            isOk ? "ok" : "warning",
            Now(),
            new MigrationsBody.Counts(files.Count, files.Count - pending.Count, pending.Count, valid),
            new MigrationsBody.Access(Connected: true, "accessible"),
            pending.Count == 0 ? null : [.. pending.Select(entry => new MigrationsBody.PendingFile(entry.Version, entry.Description, entry.Filename ?? string.Empty))]));
    }

    private ContractAnswer ConnectionError(string error) =>
        new(500, new ConnectionErrorBody("error", Now(), error, new ConnectionErrorBody.Disconnected(Connected: false)));

    private async Task<HealthAnswer?> AskApplicationAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Checks.DeploymentTimeout);
        try
        {
            return await suite.CheckAsync(environment, HealthPath, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<bool> IsConnectedAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var answer = await WithinAsync(
            PingLimit,
            environment,
            async limit =>
            {
                await PingAsync(environment.Database, limit);
                return new ContractAnswer(200, string.Empty);
            },
            () => new ContractAnswer(503, string.Empty),
            cancellationToken);
        return answer.Code == 200;
    }

    private async Task<ContractAnswer> WithinAsync(
        TimeSpan longest, TargetEnvironment environment, Func<CancellationToken, Task<ContractAnswer>> ask, Func<ContractAnswer> away, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(longest);
        try
        {
            return await ask(limit.Token);
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || exception is MigrationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogNotTold(logger, environment.Name, exception);
            return away();
        }
    }

    private static Task<BsonDocument> PingAsync(IMongoDatabase database, CancellationToken cancellationToken) =>
        database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), cancellationToken: cancellationToken);

    // From the collection's own figures: an exact count reads all of it, and this is asked every few seconds.
    private static Task<long> CountAsync(IMongoDatabase database, string collection, CancellationToken cancellationToken) =>
        database.GetCollection<BsonDocument>(collection).EstimatedDocumentCountAsync(cancellationToken: cancellationToken);

    private async Task<long> MeasureAsync(Func<Task> act)
    {
        var began = time.GetTimestamp();
        await act();
        return (long)time.GetElapsedTime(began).TotalMilliseconds;
    }

    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A health path could not be answered for {TargetEnvironment}")]
    private static partial void LogNotTold(ILogger logger, string targetEnvironment, Exception exception);
}
