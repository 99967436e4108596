using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dashboard.Hosting;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Tests.Hosting;

/// <summary>The whole application on a free port, with a configuration, databases and a backup folder of its own; outside local mode, so the test names the application's address.</summary>
public sealed class TestDashboard : IAsyncDisposable
{
    private readonly DirectoryInfo _root;
    private readonly DashboardApp _app;
    private readonly IReadOnlyList<TestDatabase> _databases;

    /// <param name="databases">Its own, that of staging and that of production.</param>
    private TestDashboard(DirectoryInfo root, DashboardApp app, string backupFolder, IReadOnlyList<TestDatabase> databases)
    {
        _root = root;
        _app = app;
        BackupFolder = backupFolder;
        _databases = databases;
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Address = new Uri($"http://localhost:{new Uri(address).Port}/");
        Http = new HttpClient { BaseAddress = Address };
        Anonymous = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    /// <summary>Of a script that may everything.</summary>
    public HttpClient Http { get; }

    /// <summary>Of nobody.</summary>
    public HttpClient Anonymous { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The application database of staging; empty at first.</summary>
    public IMongoDatabase Staging => _databases[1].Database;

    /// <summary>That of production; empty at first.</summary>
    public IMongoDatabase Production => _databases[2].Database;

    /// <summary>The dashboard's own.</summary>
    public IMongoDatabase Own => _databases[0].Database;

    public string BackupFolder { get; }

    /// <summary>The databases are another dashboard's, which must be disposed of last.</summary>
    private bool IsGuest { get; init; }

    public static async Task<TestDashboard> StartAsync(MongoFixture mongo, Setup? setup = null)
    {
        setup ??= new Setup();
        var root = Directory.CreateTempSubdirectory("dashboard-host-");
        var databases = setup.Beside?._databases ?? [mongo.RentDatabase("own"), mongo.NewDatabase("staging"), mongo.NewDatabase("production")];
        var backupFolder = setup.Beside?.BackupFolder ?? Path.Combine(root.FullName, "backups");
        WriteConfig(root.FullName, databases, setup);
        var app = await DashboardApp.CreateAsync(
            new DashboardOptions
            {
                Root = root.FullName,
                Port = 0,
                Logs = false,
                Variable = name => name switch
                {
                    "MONGODB_URI" => setup.ConnectionString ?? mongo.ConnectionString,
                    "STAGING_MONGODB_URI" or "PRODUCTION_MONGODB_URI" => mongo.ConnectionString,
                    "BACKUP_ENCRYPTION_KEY" => Convert.ToBase64String(new byte[32]),
                    "BACKUP_DIR" => backupFolder,
                    _ => setup.Variables.GetValueOrDefault(name),
                },
                Runner = setup.Runner,
                Configure = services =>
                {
                    if (setup.HasStillPlatform)
                        services.AddSingleton<IPlatform>(new StillPlatform());
                    setup.Configure?.Invoke(services);
                },
            },
            CancellationToken.None);
        setup.Map?.Invoke(app.Web);
        await app.Web.StartAsync();
        var dashboard = new TestDashboard(root, app, backupFolder, databases) { IsGuest = setup.Beside is not null };
        dashboard.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await dashboard.TokenAsync(Role.Administrator));
        return dashboard;
    }

    /// <summary>A script's token.</summary>
    public async Task<string> TokenAsync(Role role, params string[] environments) =>
        (await Services.GetRequiredService<ApiTokens>().CreateAsync(
            new TokenWish("a test", role, environments, TimeSpan.FromHours(1)), new Asker("the test's host", "administrator", Door.CommandLine, "test"), CancellationToken.None)).Text
        ?? throw new InvalidOperationException("There is no token.");

    public Task<HttpResponseMessage> StartOperationAsync(string name, string json) =>
        Http.PostAsync(new Uri($"api/operations/{name}", UriKind.Relative), new StringContent(json, System.Text.Encoding.UTF8, "application/json"));

    public async Task<JsonNode> GetAsync(string path) =>
        await Http.GetFromJsonAsync<JsonNode>(new Uri(path, UriKind.Relative)) ?? throw new InvalidOperationException($"{path} answered with null.");

    /// <summary>Waits for the run's end.</summary>
    public async Task<JsonNode> EndOfAsync(string runId, TimeSpan? deadline = null)
    {
        JsonNode? run = null;
        await Eventually.TrueAsync(
            async () => (run = await GetAsync($"api/runs/{runId}"))["state"]!.GetValue<string>() is not ("queued" or "running"), $"run {runId} ends", deadline);
        return run!;
    }

    public async Task FillStagingAsync(int documents = 100) =>
        await Staging.GetCollection<BsonDocument>("characters").InsertManyAsync(
            Enumerable.Range(0, documents).Select(number => new BsonDocument { ["_id"] = number, ["name"] = $"Character {number}" }));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Anonymous.Dispose();
        await _app.Web.StopAsync();
        await _app.DisposeAsync();
        _root.Delete(recursive: true);
        if (!IsGuest)
        {
            foreach (var database in _databases)
                await database.DisposeAsync();
        }
    }

    private static void WriteConfig(string root, IReadOnlyList<TestDatabase> databases, Setup setup)
    {
        var config = Path.Combine(root, "config");
        Directory.CreateDirectory(Path.Combine(config, "schemas"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "config"), "*.json", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(config, Path.GetRelativePath(Path.Combine(Repository.Root, "config"), file)));
        var migrations = Path.Combine("samples", "DndTracker", "migrations");
        Directory.CreateDirectory(Path.Combine(root, migrations));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, migrations)))
            File.Copy(file, Path.Combine(root, migrations, Path.GetFileName(file)));
        var path = Path.Combine(config, "dashboard.json");
        var registry = JsonNode.Parse(File.ReadAllText(path))!;
        registry["mode"] = "fly";
        registry["database"] = databases[0].Name;
        registry["environments"]!["staging"]!["database"] = databases[1].Name;
        registry["environments"]!["production"]!["database"] = databases[2].Name;
        foreach (var name in new[] { "staging", "production" })
            registry["environments"]![name]!["url"] = "http://127.0.0.1:9";
        registry["schedule"] = setup.Schedule ?? [];
        registry["copies"] = new JsonArray(new JsonObject { ["name"] = "second-folder", ["directory"] = Path.Combine(root, "copies") });
        setup.Registry?.Invoke(registry);
        File.WriteAllText(path, registry.ToJsonString());
        foreach (var rules in Directory.EnumerateFiles(config, "migration.*.json"))
        {
            var changed = JsonNode.Parse(File.ReadAllText(rules))!;
            setup.Migration?.Invoke(changed);
            File.WriteAllText(rules, changed.ToJsonString());
        }
    }

    public sealed record Setup
    {
        /// <summary>The way to the dashboard's own database, when it leads through a fault proxy.</summary>
        public string? ConnectionString { get; init; }

        public RunnerOptions Runner { get; init; } = new();

        /// <summary>Another dashboard, whose databases and backups this one shares.</summary>
        public TestDashboard? Beside { get; init; }

        /// <summary>Beside those that every test needs.</summary>
        public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

        public JsonArray? Schedule { get; init; }

        /// <summary>False leaves the platform of the configured mode.</summary>
        public bool HasStillPlatform { get; init; } = true;

        /// <summary>Last word on <c>config/dashboard.json</c>.</summary>
        public Action<JsonNode>? Registry { get; init; }

        /// <summary>Last word on what <c>config/migration.&lt;env&gt;.json</c> says of every environment.</summary>
        public Action<JsonNode>? Migration { get; init; }

        public Action<IServiceCollection>? Configure { get; init; }

        /// <summary>More routes.</summary>
        public Action<WebApplication>? Map { get; init; }
    }
}
