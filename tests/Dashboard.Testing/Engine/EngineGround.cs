using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Testing.Engine;

/// <summary>Databases, a backup folder and a filled application database for the engines of one test; all gone at its end.</summary>
public sealed class EngineGround : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashboard-engine-");

    private readonly IReadOnlyList<TestDatabase> _databases;

    private EngineGround(EngineSettings settings, IReadOnlyList<TestDatabase> databases)
    {
        _databases = databases;
        Settings = settings with
        {
            BackupFolder = Path.Combine(_folder.FullName, "backups"),
            CopyFolders = [.. settings.CopyFolders.Select(name => Path.Combine(_folder.FullName, name))],
        };
        Engine = new TestEngine(Settings);
    }

    public EngineSettings Settings { get; private set; }

    /// <summary>An engine that is never disturbed: it accepts runs and looks at what came of them.</summary>
    public TestEngine Engine { get; }

    /// <summary>For what a test wants to put beside the backups.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The same ground for engines that are made from here on and are told other settings of the environments.</summary>
    public EngineGround With(MigrationSettings migration)
    {
        Settings = Settings with { Migration = migration };
        return this;
    }

    /// <summary>For tests whose cases run side by side: an environment for each.</summary>
    public static EngineSettings ManyEnvironments(EngineSettings settings) =>
        settings with { Environments = [.. Enumerable.Range(0, 1_000).Select(number => $"e{number:000}")] };

    /// <summary>Two copies of each backup, one of them in a folder beside the backup folder.</summary>
    public static EngineSettings WithCopies(EngineSettings settings) =>
        settings with { CopyFolders = ["copies"], Migration = settings.Migration with { RedundantBackups = 2, OffSiteBackup = true } };

    public static async Task<EngineGround> MakeAsync(MongoFixture mongo, CancellationToken cancellationToken, Func<EngineSettings, EngineSettings>? change = null)
    {
        TestDatabase[] databases = [mongo.RentDatabase("engine"), mongo.RentDatabase("ledger"), mongo.NewDatabase("target")];
        var settings = new EngineSettings
        {
            ConnectionString = mongo.ConnectionString,
            Database = databases[0].Name,
            LedgerDatabase = databases[1].Name,
            TargetDatabase = databases[2].Name,
            BackupFolder = string.Empty,
        };
        var ground = new EngineGround(change?.Invoke(settings) ?? settings, databases);
        await ground.Engine.PrepareAsync(cancellationToken);
        return ground;
    }

    /// <summary>Puts a small application database there: two collections, an index.</summary>
    /// <param name="bytesOfEach">Size of the incompressible part of each document; the archive grows with it.</param>
    public async Task FillTargetAsync(int documents, int bytesOfEach, CancellationToken cancellationToken)
    {
        var database = Engine.Client.GetDatabase(Settings.TargetDatabase);
#pragma warning disable CA5394 // Reproducible on purpose.
        var random = new Random(1);
        foreach (var name in new[] { "characters", "users" })
        {
            var collection = database.GetCollection<BsonDocument>(name);
            await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("name", 1)), cancellationToken: cancellationToken);
            await collection.InsertManyAsync(
                Enumerable.Range(0, documents).Select(number =>
                {
                    var noise = new byte[bytesOfEach];
                    random.NextBytes(noise);
                    return new BsonDocument { ["_id"] = number, ["name"] = $"{name} {number}", ["noise"] = noise };
                }),
                cancellationToken: cancellationToken);
        }
#pragma warning restore CA5394
    }

    /// <summary>Makes a backup as it would have been made some time ago.</summary>
    public async Task<BackupManifest> BackUpEarlierAsync(string environment, TimeSpan ago, JsonObject? request = null)
    {
        using var earlier = new TestEngine(Settings, time: new ShiftedTime(-ago));
        var run = await earlier.RunAsync("create-backup", environment, request);
        return run.State == RunState.Succeeded
            ? earlier.Backups.Find(Path.GetFileName(run.Facts["archive"])) ?? throw new InvalidOperationException("The backup has no manifest.")
            : throw new InvalidOperationException($"The earlier backup ended {run.State}: {run.Message}");
    }

    private async Task DropSeparateTargetsAsync()
    {
        using var names = await Engine.Client.ListDatabaseNamesAsync();
        foreach (var name in (await names.ToListAsync()).Where(name => name.StartsWith(Settings.TargetDatabase, StringComparison.Ordinal)))
            await Engine.Client.DropDatabaseAsync(name);
    }

    public async ValueTask DisposeAsync()
    {
        Engine.Dispose();
        foreach (var database in _databases)
            await database.DisposeAsync();
        if (Settings.SeparateTargets)
            await DropSeparateTargetsAsync();
        _folder.Delete(recursive: true);
    }
}
