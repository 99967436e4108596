using System.Text;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Health;

public sealed class HealthSuiteTests(MongoFixture mongo) : IDisposable
{
    private const string Path = "/api/health";
    private readonly HttpClient _http = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(200, """{"status":"ok","version":"1.2.3"}""", HealthState.Healthy, "200 ok, version 1.2.3")]
    [InlineData(200, """{"status":"healthy"}""", HealthState.Healthy, "200 healthy")]
    [InlineData(200, """{"status":"pass"}""", HealthState.Healthy, "200 pass")]
    [InlineData(503, """{"status":"ok"}""", HealthState.Degraded, "503 ok")]
    [InlineData(503, """{"status":"warning","warnings":["slow","old"]}""", HealthState.Degraded, "503 warning: slow old")]
    [InlineData(200, """{"status":"warning","migrations":{"total":3,"pending":2}}""", HealthState.Degraded, "200 warning: 2 migrations pending.")]
    [InlineData(503, """{"status":"error","error":"no database"}""", HealthState.Down, "503 error: no database")]
    [InlineData(200, """{"status":"error"}""", HealthState.Down, "200 error")]
    public async Task Lets_the_body_decide_and_not_the_code_alone(int code, string body, HealthState state, string note)
    {
        await using var server = await HealthServer.StartAsync(code, body);

        var answer = await AskAsync(server.Address);

        Assert.Equal((Path, state, note), (answer.Check.Target, answer.Check.State, answer.Check.Note));
        Assert.NotNull(answer.Body);
        Assert.Equal(1, server.Asked);
    }

    [Theory]
    [InlineData(200, "", "text/plain")]
    [InlineData(200, "<html>Welcome</html>", "text/html")]
    [InlineData(200, "OK", "text/plain")]
    [InlineData(200, "null", "application/json")]
    [InlineData(200, "[]", "application/json")]
    [InlineData(200, "\"ok\"", "application/json")]
    [InlineData(200, """{"status":"ok" """, "application/json")]
    [InlineData(200, """{"status":"ok"} {"status":"ok"}""", "application/json")]
    [InlineData(500, "", "text/plain")]
    [InlineData(404, "<html>Not found</html>", "text/html")]
    [InlineData(502, "Bad Gateway", "text/plain")]
    public async Task Takes_an_answer_without_a_report_for_down_and_asks_again_as_often_as_configured(int code, string body, string type)
    {
        await using var server = await HealthServer.StartAsync(code, body, type);

        var answer = await AskAsync(server.Address, retries: 3);

        Assert.Equal((HealthState.Down, $"Answered {code} without a health report."), (answer.Check.State, answer.Check.Note));
        Assert.Null(answer.Body);
        Assert.Equal(3, server.Asked);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"status":null}""")]
    [InlineData("""{"status":1}""")]
    [InlineData("""{"status":{"ok":true}}""")]
    [InlineData("""{"status":"ok","status":"error"}""")]
    [InlineData("""{"status":"OK"}""")]
    [InlineData("""{"status":"\ud800"}""")]
    [InlineData("""{"status":"error","error":{"message":"deep"}}""")]
    [InlineData("""{"status":"error","migrations":3}""")]
    [InlineData("""{"status":"error","migrations":"none"}""")]
    [InlineData("""{"status":"error","migrations":[1]}""")]
    [InlineData("""{"status":"error","migrations":{"pending":99999999999}}""")]
    [InlineData("""{"status":"error","migrations":{"pending":1.5}}""")]
    [InlineData("""{"status":"error","warnings":"many"}""")]
    [InlineData("""{"status":"error","warnings":[null,{"a":1},"x"]}""")]
    [InlineData("""{"status":"error","version":17}""")]
    [InlineData("""{"status":"error","error":"\udc00"}""")]
    [InlineData("""{"a":1,"a":2,"status":"error"}""")]
    [InlineData("""{"status":"error","\ud800":1}""")]
    [InlineData("""{"status":"error","migrations":{"\ud800":1}}""")]
    [InlineData("""{"status":"error","warnings":[{"a":"\ud800"}]}""")]
    [InlineData("""{"status":"error","warnings":["\ud800"]}""")]
    public async Task Takes_a_strange_report_for_down_and_never_throws(string body)
    {
        await using var server = await HealthServer.StartAsync(200, body);

        var answer = await AskAsync(server.Address);

        Assert.Equal(HealthState.Down, answer.Check.State);
        var report = Suite().Report(EnvironmentAt(server.Address), [answer]);
        Assert.Equal(HealthState.Down, report.State);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("status")]
    [InlineData("version")]
    public async Task Keeps_the_beginning_of_what_is_long(string name)
    {
        await using var server = await HealthServer.StartAsync(200, $$"""{"{{name}}":"{{new string('x', 99)}}{{string.Concat(Enumerable.Repeat("\U0001F600", 1_000))}}"}""");

        var answer = await AskAsync(server.Address);

        var report = Suite().Report(EnvironmentAt(server.Address), [answer]);
        Assert.All([answer.Check.Note, report.Version ?? string.Empty], text => Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))));
        Assert.InRange(answer.Check.Note.Length, 100, 500);
        Assert.Equal(name == "version" ? new string('x', 99) : null, report.Version);
    }

    [Theory]
    [InlineData("application/json; charset=klingon")]
    [InlineData("application/json; charset=\"\"")]
    public async Task Reads_a_report_whose_character_set_does_not_exist(string type)
    {
        await using var server = await HealthServer.StartAsync(200, """{"status":"ok"}""", type);

        Assert.Equal(HealthState.Healthy, (await AskAsync(server.Address)).Check.State);
    }

    [Fact]
    public async Task Says_that_nobody_answers()
    {
        var answer = await AskAsync(HealthServer.Nowhere());

        Assert.Equal(HealthState.Down, answer.Check.State);
        Assert.Equal("No answer: Connection refused", answer.Check.Note);
    }

    [Fact]
    public async Task Gives_up_on_a_server_that_does_not_answer_in_time()
    {
        await using var server = await HealthServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        var answer = await AskAsync(server.Address, timeout: TimeSpan.FromMilliseconds(200));

        Assert.Equal((HealthState.Down, "No answer within 0.2 s."), (answer.Check.State, answer.Check.Note));
    }

    [Fact]
    public async Task Gives_up_on_a_body_that_does_not_end()
    {
        await using var server = await HealthServer.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ", context.RequestAborted);
                await Task.Delay(10, context.RequestAborted);
            }
        });

        var answer = await AskAsync(server.Address, timeout: TimeSpan.FromMilliseconds(300));

        Assert.Equal("No answer within 0.3 s.", answer.Check.Note);
    }

    [Fact]
    public async Task Does_not_read_more_than_a_report_can_be_long()
    {
        await using var server = await HealthServer.StartAsync(200, $$"""{"status":"ok","padding":"{{new string('x', 1 << 20)}}"}""");

        Assert.Equal(HealthState.Down, (await AskAsync(server.Address)).Check.State);
    }

    [Fact]
    public async Task Takes_an_answer_that_is_cut_for_down()
    {
        await using var server = await HealthServer.StartAsync(async context =>
        {
            context.Response.ContentLength = 1_000;
            await context.Response.WriteAsync("""{"status":"ok",""");
            await context.Response.Body.FlushAsync();
            context.Features.Get<IHttpConnectionFeature>();
            context.Abort();
        });

        var answer = await AskAsync(server.Address);

        Assert.Equal(HealthState.Down, answer.Check.State);
        Assert.StartsWith("No answer: ", answer.Check.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reset before")]
    [InlineData("reset after")]
    [InlineData("cut")]
    public async Task Takes_a_broken_connection_for_down(string fault)
    {
        await using var server = await HealthServer.StartAsync(200, """{"status":"ok"}""");
        await using var proxy = FaultProxy.Start("127.0.0.1", server.Address.Port);
        proxy.Faults = fault switch
        {
            "reset before" => new ProxyFaults { ResetPeer = true },
            "reset after" => new ProxyFaults { ResetAfterRequest = string.Empty },
            _ => new ProxyFaults { LimitData = 60 },
        };

        Assert.Equal(HealthState.Down, (await AskAsync(new Uri($"http://127.0.0.1:{proxy.Port}"))).Check.State);
    }

    [Fact]
    public async Task Does_not_swallow_the_callers_cancel()
    {
        await using var server = await HealthServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var cancelled = new CancellationTokenSource();
        var asking = Suite().CheckAsync(EnvironmentAt(server.Address), Path, cancelled.Token);
        await Eventually.TrueAsync(() => server.Asked == 1, "the server is asked");

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Pings_the_database_and_says_when_it_is_away()
    {
        var there = await Suite().CheckAsync(EnvironmentAt(HealthServer.Nowhere()), HealthTargets.Ping, Token);
        using var client = new MongoClient($"mongodb://127.0.0.1:{HealthServer.Nowhere().Port}/?serverSelectionTimeoutMS=300");
        var away = await Suite().CheckAsync(EnvironmentAt(HealthServer.Nowhere()) with { Database = client.GetDatabase("app") }, HealthTargets.Ping, Token);

        Assert.Contains(there.Check.State, new[] { HealthState.Healthy, HealthState.Degraded });
        Assert.Equal((HealthState.Down, "The database does not answer the dashboard."), (away.Check.State, away.Check.Note));
    }

    [Fact]
    public async Task Reports_the_worst_with_version_and_migrations()
    {
        await using var server = await HealthServer.StartAsync(async context =>
        {
            var migrations = context.Request.Path == "/api/health/migrations";
            await context.Response.WriteAsync(migrations
                ? """{"status":"warning","migrations":{"total":9,"executed":7,"pending":2}}"""
                : """{"status":"ok","version":"1.2.3"}""");
        });

        var report = await Suite().RunAsync(EnvironmentAt(server.Address), Token);

        Assert.Equal(("staging", HealthState.Degraded, "1.2.3", 7, 2), (report.Environment, report.State, report.Version, report.MigrationsExecuted, report.MigrationsPending));
        Assert.Equal([Path, "/api/health/migrations", HealthTargets.Ping], report.Checks.Select(check => check.Target).ToArray());
    }

    [Fact]
    public async Task Check_health_stores_the_report_and_ends_as_the_environment_is()
    {
        await using var server = await HealthServer.StartAsync(200, """{"status":"ok","version":"1.2.3"}""");
        await using var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { Address = server.Address });

        var run = await ground.Engine.RunAsync("check-health", stopping: Token);

        Assert.True(run.State == Operations.Running.RunState.Succeeded, run.Message);
        Assert.Equal(5, run.Steps.Count);
        var stored = await ground.Engine.Get<HealthHistory>().LatestAsync("staging", Token);
        Assert.Equal((HealthState.Healthy, "1.2.3"), (stored?.State, stored?.Version));
    }

    private static HealthCheckSettings Settings(TimeSpan? timeout = null, int retries = 1) => new(
        Enabled: true,
        TimeSpan.FromMinutes(1),
        timeout ?? TimeSpan.FromSeconds(20),
        timeout ?? TimeSpan.FromSeconds(20),
        TimeSpan.FromSeconds(20),
        retries,
        [Path, "/api/health/migrations"]);

    private HealthSuite Suite(HealthCheckSettings? settings = null) => new(_http, settings ?? Settings(), TimeProvider.System);

    private Task<HealthAnswer> AskAsync(Uri address, TimeSpan? timeout = null, int retries = 1) =>
        Suite(Settings(timeout, retries)).CheckAsync(EnvironmentAt(address), Path, Token);

    private TargetEnvironment EnvironmentAt(Uri address) =>
        new("staging", "Staging", address, mongo.Client.GetDatabase("admin"), new MigrationSettings());
}
