using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Tests.Api;

/// <summary>The original's contract, field by field: keys in their order, codes, units, content type.</summary>
public sealed class HealthEndpointsTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Iso = @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$";
    private const string Secret = "hunter2";

    private FaultProxy _proxy = null!;
    private MongoClient _client = null!;
    private TestDatabase _database = null!;
    private HealthServer _application = null!;
    private TestDashboard _dashboard = null!;
    private (int Code, string Body) _said = (200, """{"status":"ok","timestamp":"x","version":"1.4.2","database":"connected"}""");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        var way = MongoClientSettings.FromConnectionString(_proxy.Through(mongo.ConnectionString));
        way.ServerSelectionTimeout = TimeSpan.FromMilliseconds(500);
        way.ApplicationName = Secret;
        _client = new MongoClient(way);
        _database = mongo.NewDatabase("contract");
        _application = await HealthServer.StartAsync(async context =>
        {
            context.Response.StatusCode = _said.Code;
            await context.Response.WriteAsync(_said.Body);
        });
        var migrations = Path.Combine(Repository.Root, "samples", "DndTracker", "migrations");
        var rules = new MigrationSettings { Migrations = new MigrationRules { Folder = migrations } };
        var production = new TargetEnvironment("production", "Production", _application.Address, _client.GetDatabase(_database.Name), rules);
        _dashboard = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup
        {
            Configure = services => services.AddSingleton(new EnvironmentRegistry([production, production with { Name = "staging", Address = HealthServer.Nowhere() }])),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _application.DisposeAsync();
        _client.Dispose();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Health_is_ok_with_what_the_application_says()
    {
        var body = await AskAsync("api/health", 200, "status timestamp environment version database");

        Assert.Equal(("ok", "production", "1.4.2", "connected"), (Text(body, "status"), Text(body, "environment"), Text(body, "version"), Text(body, "database")));
    }

    [Fact]
    public async Task Health_names_no_version_that_it_was_not_told()
    {
        _said = (200, """{"status":"ok"}""");

        Assert.Equal("unknown", Text(await AskAsync("api/health", 200, "status timestamp environment version database"), "version"));
    }

    [Fact]
    public async Task Health_is_degraded_when_the_database_does_not_answer_although_it_did_before()
    {
        await AskAsync("api/health", 200, "status timestamp environment version database");
        _proxy.Faults = new ProxyFaults { Down = true };

        var body = await AskAsync("api/health", 503, "status timestamp environment version database");
        Assert.Equal(("degraded", "error"), (Text(body, "status"), Text(body, "database")));

        _proxy.Faults = ProxyFaults.None;
        await Eventually.TrueAsync(async () => await CodeAsync("api/health") == 200, "it is asked anew and is well again");
    }

    [Fact]
    public async Task Health_is_degraded_when_the_application_alone_has_lost_its_database()
    {
        _said = (503, """{"status":"degraded","version":"1.4.2","database":"error"}""");

        Assert.Equal("error", Text(await AskAsync("api/health", 503, "status timestamp environment version database"), "database"));
    }

    [Theory]
    [InlineData(500, """{"status":"error","error":"mongodb://app:hunter2@db refused"}""")]
    [InlineData(200, "<html>hunter2</html>")]
    [InlineData(502, "")]
    public async Task Health_is_an_error_when_the_application_is_broken(int code, string said)
    {
        _said = (code, said);

        Assert.Equal("error", Text(await AskAsync("api/health", 500, "status timestamp error"), "status"));
    }

    [Fact]
    public async Task Health_is_an_error_when_the_application_does_not_answer() =>
        Assert.Equal("The application of staging gives no health report; see the runbook, Incident Response.", Text(await AskAsync("api/health?environment=staging", 500, "status timestamp error"), "error"));

    [Fact]
    public async Task Database_tells_times_and_counts()
    {
        var users = _database.Database.GetCollection<BsonDocument>("users");
        await users.InsertManyAsync(Enumerable.Range(0, 7).Select(number => new BsonDocument("_id", number)), cancellationToken: Token);
        await _database.Database.GetCollection<BsonDocument>("migrations").InsertOneAsync(new BsonDocument("version", "001"), cancellationToken: Token);
        for (var number = 0; number < 10; number++)
            await _database.Database.GetCollection<BsonDocument>($"c{number}").InsertOneAsync(new BsonDocument("_id", number), cancellationToken: Token);

        var (code, body) = await ReadAsync("api/health/database");

        var (connected, queried) = AssertDatabase(code, body);
        var database = body["database"]!;
        Assert.True(database["connected"]!.GetValue<bool>());
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{connected}ms"), Text(database, "connectionTime"));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{queried}ms"), Text(database, "queryTime"));
        Assert.Equal((12, 10), (database["collections"]!["total"]!.GetValue<int>(), database["collections"]!["names"]!.AsArray().Count));
        Assert.Equal((true, 1), (database["migrations"]!["collectionExists"]!.GetValue<bool>(), database["migrations"]!["count"]!.GetValue<int>()));
        Assert.Equal(7, database["statistics"]!["users"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(350)]
    [InlineData(1_050)]
    public async Task Database_is_slow_by_the_thresholds_of_the_contract(int milliseconds)
    {
        await ReadAsync("api/health/database");
        _proxy.Faults = new ProxyFaults { Latency = TimeSpan.FromMilliseconds(milliseconds) };

        var (code, body) = await ReadAsync("api/health/database");

        var (connected, queried) = AssertDatabase(code, body);
        Assert.True(connected >= 2 * milliseconds && queried >= 2 * milliseconds, $"{connected} and {queried} ms were measured.");
        Assert.Equal("slow", Text(body["performance"]!, "status"));
    }

    [Fact]
    public async Task Database_and_migrations_are_errors_and_db_is_unhealthy_without_the_database()
    {
        _proxy.Faults = new ProxyFaults { Down = true };

        var database = await AskAsync("api/health/database", 500, "status timestamp error database.connected");
        var migrations = await AskAsync("api/health/migrations", 500, "status timestamp error database.connected");
        var db = await AskAsync("api/health/db", 503, "status connected timestamp error");

        Assert.Equal(("error", false), (Text(database, "status"), database["database"]!["connected"]!.GetValue<bool>()));
        Assert.Equal(("error", false), (Text(migrations, "status"), migrations["database"]!["connected"]!.GetValue<bool>()));
        Assert.Equal(("unhealthy", false), (Text(db, "status"), db["connected"]!.GetValue<bool>()));
        Assert.Equal("The database of production does not answer; see the runbook, Incident Response.", Text(database, "error"));
    }

    [Fact]
    public async Task Db_is_healthy_with_its_latency()
    {
        var body = await AskAsync("api/health/db", 200, "status connected timestamp latency");

        Assert.Equal(("healthy", true), (Text(body, "status"), body["connected"]!.GetValue<bool>()));
        Assert.True(body["latency"]!.GetValue<long>() >= 0);
    }

    [Fact]
    public async Task Migrations_are_a_warning_while_some_are_pending_and_ok_after()
    {
        const string always = "status timestamp migrations.total migrations.executed migrations.pending migrations.valid database.connected database.migrationsCollection";
        var records = _database.Database.GetCollection<BsonDocument>("migrations");
        await records.InsertOneAsync(new BsonDocument { ["version"] = "001", ["executedAt"] = TimeProvider.System.GetUtcNow().UtcDateTime }, cancellationToken: Token);

        var pending = await AskAsync("api/health/migrations", 503, $"{always} pendingMigrations");
        await records.InsertManyAsync(Enumerable.Range(2, 2).Select(number => new BsonDocument { ["version"] = $"00{number}", ["executedAt"] = TimeProvider.System.GetUtcNow().UtcDateTime }), cancellationToken: Token);
        var done = await AskAsync("api/health/migrations", 200, always);

        Assert.Equal(("warning", 3, 1, 2, true), (Text(pending, "status"), Count(pending, "total"), Count(pending, "executed"), Count(pending, "pending"), pending["migrations"]!["valid"]!.GetValue<bool>()));
        Assert.Equal("accessible", Text(pending["database"]!, "migrationsCollection"));
        var first = pending["pendingMigrations"]!.AsArray()[0]!.AsObject();
        Assert.Equal("version description filename", string.Join(' ', Keys(first)));
        Assert.StartsWith("002_", Text(first, "filename"), StringComparison.Ordinal);
        Assert.Equal(("ok", 3, 3, 0), (Text(done, "status"), Count(done, "total"), Count(done, "executed"), Count(done, "pending")));
    }

    [Theory]
    [InlineData("api/health")]
    [InlineData("api/health/database")]
    [InlineData("api/health/migrations")]
    [InlineData("api/health/db")]
    public async Task Another_environment_is_a_problem_and_another_method_is_not_allowed(string path)
    {
        foreach (var name in new[] { "moon", "%00", "Production", "a&environment=b", new string('x', 4_000) })
        {
            using var unknown = await _dashboard.Http.GetAsync(new Uri($"{path}?environment={name}", UriKind.Relative), Token);
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (unknown.StatusCode, unknown.Content.Headers.ContentType?.MediaType));
        }

        using var posted = await _dashboard.Http.PostAsync(new Uri(path, UriKind.Relative), content: null, Token);
        using var headed = await _dashboard.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative)), Token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        Assert.NotEqual(HttpStatusCode.MethodNotAllowed, headed.StatusCode);
    }

    [Theory]
    [InlineData("live")]
    [InlineData("api/live")]
    public async Task Lives_without_any_database(string path)
    {
        _proxy.Faults = new ProxyFaults { Down = true };

        Assert.Equal("ok", await _dashboard.Http.GetStringAsync(new Uri(path, UriKind.Relative), Token));
    }

    private static (long Connected, long Queried) AssertDatabase(int code, JsonObject body)
    {
        var times = body["performance"]!;
        var (connected, queried) = (times["connectionTime"]!.GetValue<long>(), times["queryTime"]!.GetValue<long>());
        var warns = connected > 2000 || queried > 1000;
        const string always = "status timestamp database.connected database.connectionTime database.queryTime database.collections.total database.collections.names database.migrations.collectionExists "
            + "database.migrations.count database.statistics.users performance.connectionTime performance.queryTime performance.status";
        Assert.Equal(warns ? $"{always} warnings" : always, string.Join(' ', Keys(body)));
        Assert.Equal(warns ? (503, "warning") : (200, "ok"), (code, Text(body, "status")));
        Assert.Equal(connected < 1000 && queried < 500 ? "good" : "slow", Text(times, "status"));
        return (connected, queried);
    }

    private async Task<JsonObject> AskAsync(string path, int code, string keys)
    {
        var (answered, body) = await ReadAsync(path);
        Assert.Equal((code, keys), (answered, string.Join(' ', Keys(body))));
        return body;
    }

    private async Task<(int Code, JsonObject Body)> ReadAsync(string path)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri(path, UriKind.Relative), Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
        var body = JsonNode.Parse(text)!.AsObject();
        Assert.Matches(Iso, Text(body, "timestamp"));
        return ((int)response.StatusCode, body);
    }

    private async Task<int> CodeAsync(string path)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri(path, UriKind.Relative), Token);
        return (int)response.StatusCode;
    }

    private static IEnumerable<string> Keys(JsonObject body) => body.SelectMany(field => field.Value is JsonObject inner ? Keys(inner).Select(key => $"{field.Key}.{key}") : [field.Key]);

    private static string Text(JsonNode node, string key) => node[key]!.GetValue<string>();

    private static int Count(JsonObject body, string key) => body["migrations"]![key]!.GetValue<int>();
}
