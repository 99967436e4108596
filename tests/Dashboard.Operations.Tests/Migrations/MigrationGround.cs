using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Migrations;

/// <summary>An engine whose environments have databases of their own, and a folder of migration files that a test fills.</summary>
internal sealed class MigrationGround : IAsyncDisposable
{
    public const string Index = """{"createIndexes": "characters", "indexes": [{"key": {"level": 1}, "name": "level_1"}]}""";
    public const string DropIndex = """{"dropIndexes": "characters", "index": "level_1"}""";
    public const string SetLevel = """{"update": "characters", "updates": [{"q": {"level": {"$exists": false}}, "u": {"$set": {"level": 1}}, "multi": true}]}""";
    public const string UnsetLevel = """{"update": "characters", "updates": [{"q": {}, "u": {"$unset": {"level": ""}}, "multi": true}]}""";

    /// <summary>Fails on every server: there is a document of this id.</summary>
    public const string Fails = """{"insert": "characters", "documents": [{"_id": 0}]}""";

    private MigrationGround(EngineGround ground, string folder) => (Ground, Folder) = (ground, folder);

    public EngineGround Ground { get; }

    public TestEngine Engine => Ground.Engine;

    public string Folder { get; }

    public IMongoDatabase Database => DatabaseOf("staging");

    public IMongoCollection<BsonDocument> Records => Database.GetCollection<BsonDocument>("migrations");

    public IMongoCollection<BsonDocument> History => Database.GetCollection<BsonDocument>("migrations_history");

    public static async Task<MigrationGround> MakeAsync(MongoFixture mongo, Func<MigrationRules, MigrationRules>? rules = null, Func<EngineSettings, EngineSettings>? change = null)
    {
        var folder = Directory.CreateTempSubdirectory("migrations-").FullName;
        var own = new MigrationRules { Folder = folder, BackupEnabled = false };
        var ground = await EngineGround.MakeAsync(mongo, TestContext.Current.CancellationToken, settings =>
        {
            settings = settings with { SeparateTargets = true, Migration = settings.Migration with { Migrations = rules?.Invoke(own) ?? own } };
            return change?.Invoke(settings) ?? settings;
        });
        var made = new MigrationGround(ground, folder);
        await made.FillAsync("staging");
        return made;
    }

    public IMongoDatabase DatabaseOf(string environment) => Engine.Client.GetDatabase(Ground.Settings.TargetOf(environment));

    public Task FillAsync(string environment) => DatabaseOf(environment).GetCollection<BsonDocument>("characters").InsertManyAsync(
        Enumerable.Range(0, 20).Select(number => new BsonDocument { ["_id"] = number, ["name"] = $"character {number}" }), cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Writes <c>NNN_words.json</c>.</summary>
    public void Write(string name, string[] up, string[]? down = null, string more = "")
    {
        var version = name[..name.IndexOf('_', StringComparison.Ordinal)];
        WriteText($"{name}.json", $$"""{"version": "{{version}}", "description": "{{name[(version.Length + 1)..].Replace('_', ' ')}}", "up": [{{string.Join(", ", up)}}], "down": [{{string.Join(", ", down ?? [])}}]{{more}}}""");
    }

    public void WriteText(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    public void WriteTwo()
    {
        Write("001_index_the_level", [Index], [DropIndex]);
        Write("002_add_the_level", [SetLevel], [UnsetLevel]);
    }

    public Task<MigrationStatus> StatusAsync(string environment = "staging") =>
        Engine.Get<IMigrations>().StatusAsync(Engine.Environments.Get(environment), TestContext.Current.CancellationToken);

    public async Task<string> ShortAsync(string environment = "staging") =>
        string.Join(' ', (await StatusAsync(environment)).Entries.Select(entry => $"{entry.Version}:{entry.State}"));

    public Task<Run> UpAsync(params (string Name, JsonNode Value)[] fields) => Engine.RunConfirmedAsync("run-migrations", request: Request(fields));

    public Task<Run> DownAsync(params (string Name, JsonNode Value)[] fields) => Engine.RunConfirmedAsync("roll-back-migrations", request: Request(fields));

    public async Task<Plan?> PlanAsync(string operation, params (string Name, JsonNode Value)[] fields) =>
        (await Engine.Intake.PreviewAsync(TestEngine.Call(operation, request: Request(fields)), TestContext.Current.CancellationToken)).Plan;

    public Task<string> DatabaseStateAsync(string environment = "staging") => DatabaseState.OfAsync(DatabaseOf(environment), TestContext.Current.CancellationToken);

    public async Task<BsonDocument> RecordAsync(string version) =>
        await Records.Find(new BsonDocument("version", version)).SingleAsync(TestContext.Current.CancellationToken);

    public static JsonObject Request(params (string Name, JsonNode Value)[] fields)
    {
        var request = new JsonObject();
        foreach (var (name, value) in fields)
            request[name] = value;
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        await Ground.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
