using System.Text.Json.Nodes;
using Dashboard.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Benchmarks;

/// <summary>The whole dashboard on a free port with a LocalMongo of its own, outside local mode so that no machines of the sample disturb.</summary>
internal sealed class BenchDashboard : IAsyncDisposable
{
    private readonly DirectoryInfo _root;

    private BenchDashboard(DirectoryInfo root, DashboardApp app)
    {
        _root = root;
        App = app;
        var listening = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Address = new Uri($"http://localhost:{new Uri(listening).Port}/");
    }

    public DashboardApp App { get; }

    public Uri Address { get; }

    public static async Task<BenchDashboard> StartAsync(Action<IServiceCollection>? configure = null, Action<JsonObject>? registry = null)
    {
        var repository = ProjectRoot.Find(given: null);
        var root = Directory.CreateTempSubdirectory("dashboard-bench-");
        CopyConfig(Path.Combine(repository, "config"), Path.Combine(root.FullName, "config"), registry);
        var app = await DashboardApp.CreateAsync(
            new DashboardOptions
            {
                Root = root.FullName,
                Port = 0,
                Logs = false,
                // The environments are never asked for anything here.
                Variable = name => name switch
                {
                    "STAGING_MONGODB_URI" or "PRODUCTION_MONGODB_URI" => "mongodb://127.0.0.1:9",
                    "BACKUP_ENCRYPTION_KEY" => Convert.ToBase64String(new byte[32]),
                    _ => null,
                },
                Configure = configure,
            },
            CancellationToken.None);
        await app.Web.StartAsync();
        return new BenchDashboard(root, app);
    }

    public async ValueTask DisposeAsync()
    {
        await App.Web.StopAsync();
        await App.DisposeAsync();
        _root.Delete(recursive: true);
    }

    private static void CopyConfig(string from, string to, Action<JsonObject>? change)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*.json", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? to);
            File.Copy(file, target);
        }

        var path = Path.Combine(to, "dashboard.json");
        var registry = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        registry["mode"] = "fly";
        registry["schedule"] = new JsonArray();
        change?.Invoke(registry);
        File.WriteAllText(path, registry.ToJsonString());
        var monitoring = Path.Combine(to, "monitoring.json");
        var checks = JsonNode.Parse(File.ReadAllText(monitoring))!.AsObject();
        checks["healthChecks"]!["enabled"] = false;
        File.WriteAllText(monitoring, checks.ToJsonString());
    }
}
