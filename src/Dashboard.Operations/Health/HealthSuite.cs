using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Health;

/// <summary>The runbook's full health check of one environment: each endpoint with its body read, and the database asked directly.</summary>
public sealed class HealthSuite(HttpClient http, HealthCheckSettings settings, TimeProvider time)
{
    /// <summary>An answer longer than this is no health report.</summary>
    private const int LongestBody = 1 << 20;

    /// <summary>The targets in the order in which <see cref="CheckAsync"/> takes them.</summary>
    public IReadOnlyList<string> Targets => [.. settings.Endpoints, HealthTargets.Ping];

    /// <summary>The whole suite, one target after the other.</summary>
    public async Task<HealthReport> RunAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var answers = new List<HealthAnswer>();
        foreach (var target in Targets)
            answers.Add(await CheckAsync(environment, target, cancellationToken));
        return Report(environment, answers);
    }

    public HealthReport Report(TargetEnvironment environment, IReadOnlyList<HealthAnswer> answers)
    {
        var migrations = answers.Select(answer => answer.Body?["migrations"]).OfType<JsonObject>().FirstOrDefault(section => section["total"] is not null);
        return new HealthReport
        {
            Environment = environment.Name,
            At = time.GetUtcNow(),
            Checks = [.. answers.Select(answer => answer.Check)],
            Version = answers.Select(answer => HealthBody.Version(answer.Body)).FirstOrDefault(version => version is not null),
            MigrationsExecuted = HealthBody.Number(migrations?["executed"]),
            MigrationsPending = HealthBody.Number(migrations?["pending"]),
        };
    }

    /// <summary>Asks one target, again after a failure to connect as often as configured; never throws for what the target does.</summary>
    public async Task<HealthAnswer> CheckAsync(TargetEnvironment environment, string target, CancellationToken cancellationToken)
    {
        if (target == HealthTargets.Ping)
            return await PingAsync(environment, cancellationToken);

        for (var left = settings.Retries; ; left--)
        {
            var answer = await AskAsync(environment, target, cancellationToken);
            if (answer.Body is not null || left <= 1)
                return answer;
        }
    }

    private async Task<HealthAnswer> AskAsync(TargetEnvironment environment, string path, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeoutOf(path));
        try
        {
            using var response = await http.GetAsync(new Uri(environment.Address, path), HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var body = await ReadAsync(response.Content, limit.Token);
            var milliseconds = time.GetElapsedTime(began).TotalMilliseconds;
            return HealthBody.Judge(path, response.StatusCode, body, milliseconds);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Down(path, began, string.Create(CultureInfo.InvariantCulture, $"No answer within {TimeoutOf(path).TotalSeconds:0.#} s."));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Down(path, began, $"No answer: {exception.GetBaseException().Message}");
        }
    }

    private async Task<HealthAnswer> PingAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.DatabaseTimeout);
        try
        {
            await environment.Database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), cancellationToken: limit.Token);
            var elapsed = time.GetElapsedTime(began);
            var slow = elapsed > environment.Settings.QueryWarning;
            return new HealthAnswer(
                new HealthCheck(HealthTargets.Ping, slow ? HealthState.Degraded : HealthState.Healthy, elapsed.TotalMilliseconds, slow ? "The database answers slowly." : "The database answers."),
                Body: null);
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Down(HealthTargets.Ping, began, "The database does not answer the dashboard.");
        }
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await content.LoadIntoBufferAsync(LongestBody, cancellationToken);

        // JSON is UTF-8, whatever character set the header claims; one that does not exist would throw.
        using var reader = new StreamReader(await content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private HealthAnswer Down(string target, long began, string note) =>
        new(new HealthCheck(target, HealthState.Down, time.GetElapsedTime(began).TotalMilliseconds, note), Body: null);

    /// <summary>Time between two checks of the target.</summary>
    public TimeSpan IntervalOf(string target) => target switch
    {
        HealthTargets.Ping => settings.DatabaseInterval,
        _ when target.EndsWith("/migrations", StringComparison.Ordinal) => settings.MigrationInterval,
        _ when target.EndsWith("/database", StringComparison.Ordinal) => settings.DatabaseInterval,
        _ => settings.Interval,
    };

    private TimeSpan TimeoutOf(string path) => path switch
    {
        _ when path.EndsWith("/migrations", StringComparison.Ordinal) => settings.MigrationTimeout,
        _ when path.EndsWith("/database", StringComparison.Ordinal) => settings.DatabaseTimeout,
        _ => settings.DeploymentTimeout,
    };
}

/// <summary>A check with the body it was judged by; null when there was none that could be read.</summary>
public sealed record HealthAnswer(HealthCheck Check, JsonObject? Body);

public static class HealthTargets
{
    /// <summary>The application's database, asked by the dashboard itself.</summary>
    public const string Ping = "ping";

    /// <summary>The environment as a whole: as bad as the worst of what is known of its targets.</summary>
    public const string Whole = "environment";
}
