using System.Security.Cryptography;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The way back from an encrypted backup, with the built product and the genuine mongorestore; and the proof of a file without a server.</summary>
public sealed class ArchiveCommandTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_an_encrypted_backup_proves_and_decrypts_it_and_the_genuine_mongorestore_restores_it()
    {
        await using var folder = new ProductFolder();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await FillAsync(folder);
        var (made, said) = await ProductProcess.RunAsync(folder, mongo.ConnectionString, (BackupKeys.KeyVariable, key), "run", "create-backup", "-e", "production");
        Assert.True(made == 0, said);
        var manifest = Assert.Single(new BackupFolder(folder.Backups).List("production"));
        var archive = Path.Combine(folder.Backups, manifest.Archive);
        var plain = Path.Combine(folder.Path, "plain.gz");

        var proven = await ProductProcess.RunAsync(folder, null, (BackupKeys.KeyVariable, key), "verify-archive", archive);
        var without = await ProductProcess.RunAsync(folder, null, "verify-archive", archive);
        var decrypted = await ProductProcess.RunAsync(folder, null, (BackupKeys.OldKeysVariable, key), "decrypt-backup", archive, plain);

        Assert.EndsWith(".gz.enc", archive, StringComparison.Ordinal);
        Assert.Equal(0, proven.ExitCode);
        Assert.Contains($"{folder.Production.Name}.characters", proven.Output, StringComparison.Ordinal);
        Assert.Contains("Read to the end: 1 collections, 50 documents, ", proven.Output, StringComparison.Ordinal);
        Assert.Equal((2, true), (without.ExitCode, without.Output.Contains("neither in BACKUP_ENCRYPTION_KEY nor in BACKUP_ENCRYPTION_OLD_KEYS", StringComparison.Ordinal)));
        Assert.True(decrypted.ExitCode == 0, decrypted.Output);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(plain));
        await folder.Production.Documents("characters").DeleteManyAsync(new BsonDocument(), Token);
        await MongoTools.RunAsync(await MongoTools.RestoreAsync(Token), ["--uri", mongo.ConnectionString, "--gzip", $"--archive={plain}"], Token);
        Assert.Equal(50, await folder.Production.Documents("characters").CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
        Invariants.NoSecretIn([("create-backup", said), ("verify-archive", proven.Output), ("decrypt-backup", decrypted.Output)], key, mongo.ConnectionString);
    }

    [Fact]
    public async Task Tells_damaged_missing_and_plain_files_apart_by_exit_code_and_writes_nothing_then()
    {
        await using var folder = new ProductFolder();
        await FillAsync(folder);
        var (made, said) = await ProductProcess.RunAsync(folder, mongo.ConnectionString, "run", "create-backup", "-e", "staging", "--json");
        Assert.True(made == 1 && said.Contains("has no collections", StringComparison.Ordinal), said);
        Assert.Equal(0, (await ProductProcess.RunAsync(folder, mongo.ConnectionString, "run", "create-backup", "-e", "production")).ExitCode);
        var archive = Path.Combine(folder.Backups, Assert.Single(new BackupFolder(folder.Backups).List("production")).Archive);
        var plain = Path.Combine(folder.Path, "plain.gz");

        var notEncrypted = await ProductProcess.RunAsync(folder, null, "decrypt-backup", archive, plain);
        var missing = await ProductProcess.RunAsync(folder, null, "verify-archive", "nowhere.gz");
        await using (var file = new FileStream(archive, FileMode.Open))
        {
            file.Position = file.Length / 2;
            file.WriteByte(0xA5);
            file.WriteByte(0x5A);
        }

        var damaged = await ProductProcess.RunAsync(folder, null, "verify-archive", archive);

        Assert.Equal((2, true), (notEncrypted.ExitCode, notEncrypted.Output.Contains("is not encrypted", StringComparison.Ordinal)));
        Assert.Equal((2, true), (missing.ExitCode, missing.Output.Contains("There is no backup 'nowhere.gz'", StringComparison.Ordinal)));
        Assert.Equal((1, true), (damaged.ExitCode, damaged.Output.Contains("is damaged", StringComparison.Ordinal)));
        Assert.False(File.Exists(plain));
    }

    private static Task FillAsync(ProductFolder folder) => folder.Production.Documents("characters").InsertManyAsync(
        Enumerable.Range(0, 50).Select(number => new BsonDocument { ["_id"] = number, ["name"] = $"Character {number}" }), cancellationToken: Token);
}
