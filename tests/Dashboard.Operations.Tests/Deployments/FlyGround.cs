using Dashboard.Operations.Configuration;
using Dashboard.Operations.Platforms;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Fly;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>An engine whose platform is the tool, and an application that answers.</summary>
internal sealed class FlyGround : IAsyncDisposable
{
    private readonly HealthServer _server;

    private FlyGround(HealthServer server, EngineGround ground, FlyStandIn fly)
    {
        _server = server;
        Ground = ground;
        Engine = new TestEngine(ground.Settings, configure: services => services.AddSingleton<IPlatform>(_ => fly.NewPlatform()));
    }

    public EngineGround Ground { get; }

    public TestEngine Engine { get; }

    public static async Task<FlyGround> MakeAsync(MongoFixture mongo, FlyStandIn fly, CancellationToken cancellationToken)
    {
        var server = await HealthServer.StartAsync(200, """{"status":"ok"}""");
        return new FlyGround(server, await EngineGround.MakeAsync(mongo, cancellationToken, settings => Settings(settings, server.Address)), fly);
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
}
