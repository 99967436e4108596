using System.Text.Json.Nodes;
using Dashboard.Testing.Mongo;

namespace Dashboard.Tests.Hosting;

/// <summary>One dashboard with a public address, behind a proxy on this machine, for tests that change nothing of each other's.</summary>
public sealed class PublicDashboard(MongoFixture mongo) : IAsyncLifetime
{
    public const string Name = "ops.example.org";

    private TestDashboard? _dashboard;

    public TestDashboard Dashboard => _dashboard ?? throw new InvalidOperationException("It has not been started.");

    public static Task<TestDashboard> StartAsync(MongoFixture mongo, string trusted, string header = "X-Forwarded-For") => TestDashboard.StartAsync(mongo, new TestDashboard.Setup
    {
        Registry = registry => registry["access"] = new JsonObject { ["publicAddress"] = $"https://{Name}", ["trustedProxies"] = new JsonArray(trusted), ["clientAddressHeader"] = header },
    });

    public async ValueTask InitializeAsync() => _dashboard = await StartAsync(mongo, "127.0.0.0/8");

    public ValueTask DisposeAsync() => _dashboard?.DisposeAsync() ?? ValueTask.CompletedTask;
}
