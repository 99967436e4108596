using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Local;
using Dashboard.Operations.Running;
using Dashboard.Operations.Tests.Platforms;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>The real application on the local platform, an engine that releases it, and a folder of migrations that a test adds to.</summary>
internal sealed class DeploymentGround : IAsyncDisposable
{
    public const string Environment = "staging";

    private readonly EngineGround _ground;

    private DeploymentGround(EngineGround ground, LocalPlatform platform, EngineMachines machines)
    {
        _ground = ground;
        Platform = platform;
        Settings = ground.Settings with { Address = platform.AddressOf(Environment), Machines = machines };
        Engine = new TestEngine(Settings, configure: services => services.AddSingleton<IPlatform>(platform));
    }

    public LocalPlatform Platform { get; }

    public EngineSettings Settings { get; }

    public TestEngine Engine { get; }

    public IMongoDatabase Target => Engine.Client.GetDatabase(Settings.TargetDatabase);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string MigrationFolder => Path.Combine(_ground.Folder, "migrations");

    private string ImageFolder => Path.Combine(_ground.Folder, "platform", "images", "dnd-tracker");

    /// <summary>Machines of version 1.0.0, healthy.</summary>
    public static async Task<DeploymentGround> MakeAsync(MongoFixture mongo, Func<MigrationSettings, MigrationSettings>? change = null, int count = 1)
    {
        var rules = new MigrationSettings
        {
            Deployment = new DeploymentRules { HealthCheckTimeout = TimeSpan.FromSeconds(15), HealthCheckRetries = 5, HealthCheckInterval = TimeSpan.FromMilliseconds(500) },
            Rollback = new RollbackRules { AutoRollback = true },
        };
        var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { Migration = rules, Environments = [Environment] });
        var folder = Path.Combine(ground.Folder, "migrations");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(PlatformFixture.Program) ?? ".", "migrations")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        rules = rules with { Migrations = rules.Migrations with { Folder = folder, BackupEnabled = false } };
        var machines = new EngineMachines(PlatformFixture.Program, Path.Combine(ground.Folder, "platform"), Environment, count);
        var platform = await MachineGround.StartAsync(ground.Settings, machines, Token);
        var made = new DeploymentGround(ground.With(change?.Invoke(rules) ?? rules), platform, machines);
        await platform.ImagesAsync(Environment, Token);
        return made;
    }

    public Task<Run> DeployAsync(string image, params (string Name, JsonNode Value)[] fields) => RunAsync("deploy-release", [("image", image), .. fields]);

    public Task<Run> RunAsync(string operation, params (string Name, JsonNode Value)[] fields) =>
        Engine.RunConfirmedAsync(operation, Environment, RequestOf(fields));

    public async Task<Plan> PlanAsync(string operation, params (string Name, JsonNode Value)[] fields) =>
        (await Engine.Intake.PreviewAsync(TestEngine.Call(operation, Environment, RequestOf(fields)), Token)).Plan ?? throw new InvalidOperationException("There is no plan.");

    /// <summary>What the application answers about itself.</summary>
    public async Task<string> VersionAsync()
    {
        using var http = new HttpClient();
        using var body = JsonDocument.Parse(await http.GetStringAsync(new Uri(Settings.Address, "/api/health"), Token));
        return body.RootElement.GetProperty("version").GetString() ?? "none";
    }

    public Task<Release?> ReleaseAsync(string id) => Engine.Get<ReleaseLedger>().FindAsync(id, Token);

    public Task<IReadOnlyList<Release>> ReleasesAsync() => Engine.Get<ReleaseLedger>().ListAsync(Environment, 50, before: null, Token);

    public void AddImage(string version, params (string Name, string Value)[] variables) => File.WriteAllText(
        Path.Combine(ImageFolder, $"{version}.json"),
        JsonSerializer.Serialize(new { version, variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal) }));

    public void DeleteImage(string version) => File.Delete(Path.Combine(ImageFolder, $"{version}.json"));

    public void AddMigration(string version, string name, string up, string down) => File.WriteAllText(
        Path.Combine(MigrationFolder, $"{version}_{name}.json"),
        $$"""{ "version": "{{version}}", "description": "{{name}}", "up": [{{up}}], "down": [{{down}}] }""");

    public async Task<IReadOnlyList<string>> AppliedAsync() =>
        [.. (await Target.GetCollection<BsonDocument>("migrations").Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(Token))
            .Where(record => record.GetValue("state", "executed") == "executed").Select(record => record["version"].AsString).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        Engine.Dispose();
        await _ground.DisposeAsync();
    }

    private static JsonObject RequestOf((string Name, JsonNode Value)[] fields)
    {
        var request = new JsonObject();
        foreach (var (name, value) in fields)
            request[name] = value.DeepClone();
        return request;
    }
}
