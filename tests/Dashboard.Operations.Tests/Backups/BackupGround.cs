using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>What the backup tests share: ways to make backups and to damage them.</summary>
internal static class BackupGround
{
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static Func<EngineSettings, EngineSettings> Encrypted(string key, params string[] oldKeys) => settings => settings with
    {
        BackupKey = key,
        OldBackupKeys = oldKeys,
        Migration = settings.Migration with { EncryptBackups = true },
    };

    public static Func<EngineSettings, EngineSettings> With(Func<MigrationSettings, MigrationSettings> change) =>
        settings => settings with { Migration = change(settings.Migration) };

    public static async Task<EngineGround> MakeAsync(MongoFixture mongo, Func<EngineSettings, EngineSettings>? change = null)
    {
        var ground = await EngineGround.MakeAsync(mongo, TestContext.Current.CancellationToken, change);
        await ground.FillTargetAsync(documents: 40, bytesOfEach: 500, TestContext.Current.CancellationToken);
        return ground;
    }

    public static Task FillAsync(this EngineGround ground, string collection) => ground.Engine.Client.GetDatabase(ground.Settings.TargetDatabase)
        .GetCollection<BsonDocument>(collection).InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Makes one now and gives its manifest.</summary>
    public static Task<BackupManifest> BackUpAsync(this EngineGround ground, JsonObject? request = null) => ground.BackUpEarlierAsync("staging", TimeSpan.Zero, request);

    /// <summary>Makes one now and proves it completely.</summary>
    public static async Task<BackupManifest> ProvenAsync(this EngineGround ground, TimeSpan ago = default)
    {
        var manifest = await ground.BackUpEarlierAsync("staging", ago);
        var run = await ground.VerifyAsync(manifest.Archive);
        return run.State == RunState.Succeeded ? manifest : throw new InvalidOperationException($"It was not proven: {run.Message}");
    }

    public static Task<Run> VerifyAsync(this EngineGround ground, string archive) =>
        ground.Engine.RunAsync("verify-backup", request: new JsonObject { ["archive"] = archive }, stopping: TestContext.Current.CancellationToken);

    public static async Task<BackupEntry> EntryAsync(this EngineGround ground, string archive) =>
        await ground.Engine.Get<BackupHistory>().FindAsync(archive, TestContext.Current.CancellationToken) ?? throw new InvalidOperationException($"There is no {archive}.");

    /// <summary>Changes one bit in the middle of the stored file.</summary>
    public static void Damage(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 0x10));
    }

    /// <summary>Writes a manifest as an attacker, or a slip, would: beside the archive, with whatever was changed.</summary>
    public static void Rewrite(this EngineGround ground, string archive, Func<BackupManifest, BackupManifest> change)
    {
        var path = ground.Engine.Backups.ManifestPathOf(archive);
        File.WriteAllBytes(path, change(BackupManifest.FromJson(File.ReadAllBytes(path))).ToJson());
    }

    /// <summary>Asks a running run to cancel and returns when its pulse has seen it: two signs of life later.</summary>
    public static async Task CancelAndBeSeenAsync(this EngineGround ground, string runId)
    {
        var asked = await ground.Engine.Runs.CancelAsync(runId, "Ada", TestContext.Current.CancellationToken);
        for (var (signs, last) = (0, asked?.AliveUntil); signs < 2; signs++)
            last = (await Eventually.GetAsync(() => ground.Engine.FindAsync(runId), run => run.AliveUntil > last)).AliveUntil;
    }

    public static async Task<IReadOnlyList<string>> ScratchDatabasesAsync(this EngineGround ground)
    {
        using var names = await ground.Engine.Client.ListDatabaseNamesAsync(TestContext.Current.CancellationToken);
        return [.. (await names.ToListAsync(TestContext.Current.CancellationToken)).Where(name => name.StartsWith(ground.Settings.TargetDatabase[..20], StringComparison.Ordinal) && name.Contains("__verify_", StringComparison.Ordinal))];
    }

    /// <summary>One document of every BSON type, and the values that are lost most easily.</summary>
    public static IEnumerable<BsonDocument> EveryType() =>
    [
        new() { ["_id"] = 1, ["double"] = 1.5, ["string"] = "ä\u0000\u200f𝄞", ["document"] = new BsonDocument("a", new BsonDocument()), ["array"] = new BsonArray { 1, "two", BsonNull.Value } },
        new() { ["_id"] = 2, ["binary"] = new byte[] { 0, 1, 255 }, ["uuid"] = new BsonBinaryData(Guid.Empty, GuidRepresentation.Standard), ["objectId"] = ObjectId.Empty, ["true"] = true },
        new() { ["_id"] = 3, ["before1970"] = new BsonDateTime(-62_135_596_800_000), ["far"] = new BsonDateTime(253_402_300_799_999), ["null"] = BsonNull.Value, ["regex"] = new BsonRegularExpression("^a.*", "imsx") },
        new() { ["_id"] = 4, ["javascript"] = new BsonJavaScript("return 1"), ["symbol"] = BsonSymbol.Create("s"), ["scoped"] = new BsonJavaScriptWithScope("x", new BsonDocument("x", 1)), ["timestamp"] = new BsonTimestamp(1, 2) },
        new() { ["_id"] = 5, ["int32"] = int.MinValue, ["int64"] = long.MaxValue, ["decimal"] = Decimal128.Parse("0.100"), ["minKey"] = BsonMinKey.Value, ["maxKey"] = BsonMaxKey.Value },
        new() { ["_id"] = 6, ["nan"] = double.NaN, ["infinity"] = double.PositiveInfinity, ["minusZero"] = -0.0, ["decimalNan"] = Decimal128.QNaN, ["undefined"] = BsonUndefined.Value },
        new() { ["_id"] = new BsonDocument { ["b"] = 1, ["a"] = 2 }, ["empty"] = string.Empty, [""] = "an empty name", ["$dollar"] = 1, ["a.b"] = "dotted" },
    ];
}
