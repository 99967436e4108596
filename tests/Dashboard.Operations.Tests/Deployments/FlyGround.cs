using Dashboard.Operations.Configuration;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Fly;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Fly;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>An engine whose platform is the tool, and an application that answers; its pages are down while its newest release was told so.</summary>
internal sealed class FlyGround : IAsyncDisposable
{
    private readonly HealthServer _server;

    private FlyGround(HealthServer server, EngineGround ground, FlyStandIn fly, string? config)
    {
        _server = server;
        Ground = ground;
        Engine = new TestEngine(
            ground.Settings,
            configure: services => services.AddSingleton<IPlatform>(_ => fly.NewPlatform(settings => settings with { Environments = [new FlyEnvironment("staging", fly.App, config)] })));
    }

    public EngineGround Ground { get; }

    public TestEngine Engine { get; }

    /// <param name="config">The fly.toml that every release is made with.</param>
    public static async Task<FlyGround> MakeAsync(
        MongoFixture mongo, FlyStandIn fly, CancellationToken cancellationToken, string? config = null, Func<EngineSettings, EngineSettings>? change = null)
    {
        var server = await HealthServer.StartAsync(context => AnswerAsync(context, fly));
        var ground = await EngineGround.MakeAsync(mongo, cancellationToken, settings => Settings(change?.Invoke(settings) ?? settings, server.Address));
        return new FlyGround(server, ground, fly, config);
    }

    /// <summary>Goes back by itself, and does not look for long.</summary>
    public static EngineSettings Settings(EngineSettings settings, Uri address) => settings with
    {
        Address = address,
        Environments = ["staging"],
        Migration = new MigrationSettings
        {
            Migrations = new MigrationRules { Folder = Directory.CreateTempSubdirectory("migrations-").FullName },
            Deployment = new DeploymentRules { HealthCheckRetries = 2, HealthCheckInterval = TimeSpan.FromMilliseconds(200) },
            Rollback = new RollbackRules { AutoRollback = true },
        },
    };

    public async ValueTask DisposeAsync()
    {
        Engine.Dispose();
        await Ground.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, FlyStandIn fly)
    {
        context.Response.ContentType = "application/json";
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && fly.IsToldMaintenance)
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "60";
        }

        await context.Response.WriteAsync("""{"status":"ok"}""");
    }
}
