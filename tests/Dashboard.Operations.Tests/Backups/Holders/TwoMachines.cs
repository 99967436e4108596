using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Backups.Holders;

/// <summary>Two machines of one installation: one database, the same places for copies, a backup folder each.</summary>
internal sealed class TwoMachines : IAsyncDisposable
{
    private readonly EngineGround _ground;

    private TwoMachines(EngineGround ground, Action<IServiceCollection>? configure)
    {
        _ground = ground;
        Others = ground.Settings with { BackupFolder = Path.Combine(ground.Folder, "other-machine", "backups") };
        Other = new TestEngine(Others, configure: configure);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The machine that makes the backups, unless a test says otherwise.</summary>
    public EngineGround One => _ground;

    public TestEngine Other { get; }

    public EngineSettings Others { get; }

    public static async Task<TwoMachines> MakeAsync(MongoFixture mongo, Func<EngineSettings, EngineSettings>? change = null, Action<IServiceCollection>? configure = null) =>
        new(await BackupGround.MakeAsync(mongo, settings => WithoutMigrations(change?.Invoke(settings) ?? settings)), configure);

    /// <summary>Copies of each backup in two places.</summary>
    public static EngineSettings WithTwoPlaces(EngineSettings settings) =>
        settings with { CopyFolders = ["a", "b"], Migration = settings.Migration with { RedundantBackups = 3 } };

    private static EngineSettings WithoutMigrations(EngineSettings settings) =>
        settings with { Migration = settings.Migration with { Migrations = new MigrationRules { Folder = Path.Combine(Path.GetTempPath(), "there-are-no-migrations"), BackupEnabled = false } } };

    /// <summary>What the other machine knows of a backup.</summary>
    public async Task<BackupEntry?> SeenByOtherAsync(string archive) => await Other.Get<BackupHistory>().FindAsync(archive, Token);

    public async Task<BackupEntry> SeenByOneAsync(string archive) => await One.EntryAsync(archive);

    public Task<Run> VerifyOnOtherAsync(string archive) => Other.RunAsync("verify-backup", request: new JsonObject { ["archive"] = archive }, stopping: Token);

    /// <summary>The machine is gone with its volume; nobody tells of it any more.</summary>
    public void LoseOne() => Directory.Delete(One.Settings.BackupFolder, recursive: true);

    public string CopyOf(string archive, int place = 0) => Path.Combine(One.Settings.CopyFolders[place], archive);

    public async ValueTask DisposeAsync()
    {
        Other.Dispose();
        await _ground.DisposeAsync();
    }
}
