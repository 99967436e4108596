using System.Text.Json.Nodes;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>Environments whose databases hold the old data, and one proven archive of the new.</summary>
internal sealed class RestoreGround : IAsyncDisposable
{
    /// <summary>The environment whose backup it is.</summary>
    public const string Source = "e000";

    private RestoreGround(EngineGround ground) => Ground = ground;

    public EngineGround Ground { get; }

    public TestEngine Engine => Ground.Engine;

    public string Archive { get; private set; } = string.Empty;

    /// <summary>What a database is after a restore of the archive.</summary>
    public string New { get; private set; } = string.Empty;

    public RestoreJournal Journal => Engine.Get<RestoreJournal>();

    public static async Task<RestoreGround> MakeAsync(MongoFixture mongo, CancellationToken cancellationToken, Func<EngineSettings, EngineSettings>? change = null)
    {
        var ground = await EngineGround.MakeAsync(
            mongo, cancellationToken, settings => EngineGround.ManyEnvironments((change?.Invoke(settings) ?? settings) with { SeparateTargets = true }));
        var made = new RestoreGround(ground);
        await FillNewAsync(made.DatabaseOf(Source), cancellationToken);
        made.New = await made.StateAsync(Source, cancellationToken);
        made.Archive = await made.BackUpAsync(Source);
        return made;
    }

    public IMongoDatabase DatabaseOf(string environment) => Engine.Client.GetDatabase(Ground.Settings.TargetOf(environment));

    public Task<string> StateAsync(string environment, CancellationToken cancellationToken) => DatabaseState.OfAsync(DatabaseOf(environment), cancellationToken);

    public async Task<string> BackUpAsync(string environment)
    {
        var run = await Engine.RunAsync("create-backup", environment);
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        return Path.GetFileName(run.Facts["archive"]);
    }

    /// <summary>Fills the environment's database with the old data; its state.</summary>
    public async Task<string> FillOldAsync(string environment, CancellationToken cancellationToken)
    {
        var database = DatabaseOf(environment);
        await InsertAsync(database, "characters", "old", 12, cancellationToken);
        await InsertAsync(database, "users", "same", 20, cancellationToken);
        await InsertAsync(database, "extra", "old", 3, cancellationToken);
        await database.GetCollection<BsonDocument>("characters").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("kind", 1)), cancellationToken: cancellationToken);
        await MakeViewAsync(database, "heroes", "characters", 5, cancellationToken);
        await MakeViewAsync(database, "gone", "extra", 1, cancellationToken);
        return await StateAsync(environment, cancellationToken);
    }

    /// <summary>The request that brings the archive into any environment.</summary>
    public JsonObject Request(params (string Name, JsonNode Value)[] more)
    {
        var request = new JsonObject { ["archive"] = Archive, ["allowOtherEnvironment"] = true };
        foreach (var (name, value) in more)
            request[name] = value;
        return request;
    }

    public Task<Run> RestoreAsync(string environment, params (string Name, JsonNode Value)[] more) => Engine.RunConfirmedAsync("restore-backup", environment, Request(more));

    public ValueTask DisposeAsync() => Ground.DisposeAsync();

    private static async Task FillNewAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        await InsertAsync(database, "characters", "new", 30, cancellationToken);
        await InsertAsync(database, "users", "same", 20, cancellationToken);
        await InsertAsync(database, "journal", "new", 5, cancellationToken);
        await database.GetCollection<BsonDocument>("characters").Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument("name", 1), new CreateIndexOptions { Unique = true }), cancellationToken: cancellationToken);
        await MakeViewAsync(database, "heroes", "characters", 10, cancellationToken);
    }

    private static Task InsertAsync(IMongoDatabase database, string collection, string kind, int documents, CancellationToken cancellationToken) =>
        database.GetCollection<BsonDocument>(collection).InsertManyAsync(
            Enumerable.Range(0, documents).Select(number => new BsonDocument { ["_id"] = number, ["name"] = $"{collection} {number}", ["kind"] = kind }),
            cancellationToken: cancellationToken);

    private static Task MakeViewAsync(IMongoDatabase database, string name, string on, int least, CancellationToken cancellationToken) =>
        database.RunCommandAsync<BsonDocument>(
            new BsonDocument { ["create"] = name, ["viewOn"] = on, ["pipeline"] = new BsonArray { new BsonDocument("$match", new BsonDocument("_id", new BsonDocument("$gte", least))) } },
            cancellationToken: cancellationToken);
}
