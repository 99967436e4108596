using System.Text.Json.Nodes;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.Http;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Maintenance;

/// <summary>An engine, and a real web server that is the application of every environment: its pages obey the flag in their database, its health does not.</summary>
internal sealed class MaintenanceGround : IAsyncDisposable
{
    private EngineGround? _ground;
    private HealthServer? _server;
    private volatile bool _isRed;
    private volatile bool _obeys = true;
    private volatile bool _pagesFail;

    public EngineGround Ground => _ground ?? throw new InvalidOperationException("It is not made yet.");

    public TestEngine Engine => Ground.Engine;

    public MaintenanceWindows Windows => Engine.Get<MaintenanceWindows>();

    public MaintenanceSweep Sweep => Engine.Get<MaintenanceSweep>();

    /// <summary>Health answers that the application is not well.</summary>
    public bool IsRed
    {
        set => _isRed = value;
    }

    /// <summary>False: the application does not read its flag.</summary>
    public bool Obeys
    {
        set => _obeys = value;
    }

    /// <summary>Pages answer 500 when there is no maintenance.</summary>
    public bool PagesFail
    {
        set => _pagesFail = value;
    }

    /// <summary>Set by tests of the release way: what the newest release was told.</summary>
    public string? Variable { get; set; }

    public static async Task<MaintenanceGround> MakeAsync(MongoFixture mongo, CancellationToken cancellationToken, Func<EngineSettings, EngineSettings>? change = null)
    {
        var made = new MaintenanceGround();
        made._server = await HealthServer.StartAsync(made.AnswerAsync);
        made._ground = await EngineGround.MakeAsync(mongo, cancellationToken, settings => (change?.Invoke(settings) ?? settings) with { Address = made._server.Address, SeparateTargets = true });
        made.Engine.Platform.OnDeploy = deployment =>
        {
            made.Variable = deployment.Variables?["MAINTENANCE_MODE"];
            return Task.CompletedTask;
        };
        return made;
    }

    public IMongoDatabase DatabaseOf(string environment) => Engine.Client.GetDatabase(Ground.Settings.TargetOf(environment));

    public IMongoCollection<BsonDocument> FlagsOf(string environment) => DatabaseOf(environment).GetCollection<BsonDocument>("maintenance");

    public async Task FillAsync(string environment, CancellationToken cancellationToken) =>
        await DatabaseOf(environment).GetCollection<BsonDocument>("users").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: cancellationToken);

    public async Task<bool> IsFlagOnAsync(string environment, CancellationToken cancellationToken) =>
        await FlagsOf(environment).Find(new BsonDocument("_id", "mode")).FirstOrDefaultAsync(cancellationToken) is { } flag && flag["enabled"].AsBoolean;

    public static JsonObject NoBackup(params (string Name, JsonNode Value)[] more)
    {
        var request = new JsonObject { ["skipBackup"] = true };
        foreach (var (name, value) in more)
            request[name] = value;
        return request;
    }

    public async Task<Run> EnterAsync(string environment = "staging", JsonObject? request = null)
    {
        var run = await Engine.RunConfirmedAsync("enter-maintenance", environment, request ?? NoBackup());
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        return run;
    }

    /// <summary>The flag in the application's database and the record say the same.</summary>
    public async Task<bool> AgreeAsync(string environment, CancellationToken cancellationToken)
    {
        var open = await Windows.OpenAsync(environment, cancellationToken);
        Assert.Equal(open is not null, await IsFlagOnAsync(environment, cancellationToken));
        return open is not null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_ground is not null)
            await _ground.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path.StartsWith("/api/health", StringComparison.Ordinal))
        {
            context.Response.StatusCode = _isRed ? 503 : 200;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(_isRed ? """{"status":"error","error":"It is red."}""" : """{"status":"ok"}""");
            return;
        }

        var environment = path.Trim('/');
        if (_obeys && (Variable == "true" || await IsFlagOnAsync(environment, context.RequestAborted)))
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "60";
        }
        else if (_pagesFail)
        {
            context.Response.StatusCode = 500;
        }
    }
}
