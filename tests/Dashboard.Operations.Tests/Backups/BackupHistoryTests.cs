using System.Text.Json;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>AC4, and what the history and the overview's first line say.</summary>
public sealed class BackupHistoryTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_an_exchanged_archive_by_the_ledger_although_its_manifest_fits()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var proven = await ground.ProvenAsync(TimeSpan.FromHours(3));
        await ground.FillAsync("more");
        var other = await ground.BackUpAsync();
        var folder = ground.Engine.Backups;
        File.Copy(folder.PathOf(other.Archive), folder.PathOf(proven.Archive), overwrite: true);
        ground.Rewrite(proven.Archive, manifest => other with { Archive = manifest.Archive, StartedAt = manifest.StartedAt, FinishedAt = manifest.FinishedAt });

        var entry = await ground.EntryAsync(proven.Archive);
        var verified = await ground.VerifyAsync(proven.Archive);

        Assert.Equal((BackupStanding.Tampered, null, false), (entry.Standing, entry.Rung, entry.IsLastProven));
        Assert.Contains("somebody exchanged them. Do not restore it.", entry.Problem, StringComparison.Ordinal);
        Assert.Equal((RunState.Failed, entry.Problem), (verified.State, verified.Message));
    }

    [Fact]
    public async Task Finds_a_rewritten_manifest_by_its_keyed_checksum_when_the_ledger_is_gone()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, settings => settings with { BackupKey = BackupGround.NewKey() });
        var manifest = await ground.BackUpAsync();
        Assert.True((await ground.EntryAsync(manifest.Archive)).IsGood);
        await ground.Engine.Database.Database.DropCollectionAsync("backupProofs", Token);

        ground.Rewrite(manifest.Archive, stored => stored with { Mac = null, Sha256 = new string('0', 64) } with { Mac = stored.Mac });

        var entry = await ground.EntryAsync(manifest.Archive);
        Assert.Equal(BackupStanding.Tampered, entry.Standing);
        Assert.Contains("its keyed checksum does not fit its content: somebody changed it after it was written", entry.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reason")]
    [InlineData("environment")]
    [InlineData("database")]
    [InlineData("sha256")]
    [InlineData("finishedAt")]
    public async Task Covers_each_field_of_the_manifest_with_the_keyed_checksum(string field)
    {
        var manifest = await SignedAsync();
        var keys = new BackupKeys(manifest.Key, []);
        var json = System.Text.Json.Nodes.JsonNode.Parse(manifest.Stored)!.AsObject();
        Assert.Null(keys.ProblemOf(manifest.Stored, isKnown: false));

        json[field] = field == "finishedAt" ? "2020-01-01T00:00:00+00:00" : "x";

        Assert.NotNull(keys.ProblemOf(JsonSerializer.SerializeToUtf8Bytes(json), isKnown: false));
        json["later"] = "a field that a later version adds";
        Assert.NotNull(keys.ProblemOf(JsonSerializer.SerializeToUtf8Bytes(json), isKnown: false));
    }

    [Fact]
    public async Task Doubts_a_manifest_of_an_unknown_key_only_while_nothing_else_speaks_for_it()
    {
        var manifest = await SignedAsync();
        var rotated = new BackupKeys(BackupKey.TryParse(BackupGround.NewKey()), []);

        Assert.Contains("neither in BACKUP_ENCRYPTION_KEY nor in BACKUP_ENCRYPTION_OLD_KEYS", rotated.ProblemOf(manifest.Stored, isKnown: false), StringComparison.Ordinal);
        Assert.Null(rotated.ProblemOf(manifest.Stored, isKnown: true));
        Assert.Null(new BackupKeys(rotated.Current, [manifest.Key]).ProblemOf(manifest.Stored, isKnown: false));
    }

    [Fact]
    public async Task Lists_what_no_readable_manifest_describes_apart()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();
        File.Copy(ground.Engine.Backups.PathOf(manifest.Archive), ground.Engine.Backups.PathOf("backup-staging-by-hand.gz"));
        File.WriteAllText(ground.Engine.Backups.PathOf("notes.txt"), "not ours");

        Assert.Equal(["backup-staging-by-hand.gz"], ground.Engine.Backups.Undescribed());
        Assert.Single(await ground.Engine.Get<BackupHistory>().ListAsync("staging", Token));
        ground.Rewrite(manifest.Archive, stored => stored with { Version = 99 });
        Assert.Equal(new[] { "backup-staging-by-hand.gz", manifest.Archive }.Order(StringComparer.Ordinal), ground.Engine.Backups.Undescribed());
    }

    [Fact]
    public async Task Sees_a_file_of_another_length_at_once()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();
        using (var file = new FileStream(ground.Engine.Backups.PathOf(manifest.Archive), FileMode.Open))
            file.SetLength(file.Length - 1);

        var entry = await ground.EntryAsync(manifest.Archive);

        Assert.Equal(BackupStanding.Damaged, entry.Standing);
        Assert.EndsWith($"bytes and was written with {manifest.Bytes:N0}.", entry.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_green_with_a_fresh_proof_and_red_when_it_is_old_slow_or_missing()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        Assert.Equal((BackupVerdict.Red, "No backup was ever proven to restore: run verify-backup."), await HealthAsync(ground, ground.Settings));
        var manifest = await ground.ProvenAsync(TimeSpan.FromHours(2));

        var report = await ReportAsync(ground.Settings);
        var strict = ground.Settings with { Migration = ground.Settings.Migration with { MaxProvenAge = TimeSpan.FromHours(1), MaxRestoreTime = TimeSpan.FromMilliseconds(1) } };

        Assert.Equal((BackupVerdict.Green, manifest.Archive), (report.Verdict, report.LastProven?.Manifest.Archive));
        Assert.InRange(report.LastProven!.Age, TimeSpan.FromHours(2), TimeSpan.FromHours(2.1));
        Assert.Equal(report.LastProven.RestoreTime, report.RestoreTime);
        Assert.Null(report.MissingCopySince);
        var late = await ReportAsync(strict);
        Assert.Equal(BackupVerdict.Red, late.Verdict);
        Assert.Equal(
            ["The newest backup that is proven to restore is 2 h old; 1 h are allowed (backup.maxProvenAgeHours).", "A restore takes "],
            late.Findings.Select(finding => finding.Sentence.StartsWith("A restore takes ", StringComparison.Ordinal) ? "A restore takes " : finding.Sentence));
        Assert.Equal(BackupVerdict.Off, (await ReportAsync(ground.Settings with { Migration = strict.Migration with { BackupEnabled = false } })).Verdict);
    }

    [Fact]
    public async Task Is_amber_while_a_stored_backup_was_not_read_for_more_than_a_day()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, BackupGround.With(settings => settings with { MaxProvenAge = TimeSpan.FromDays(9) }));
        using (var earlier = new TestEngine(ground.Settings, time: new ShiftedTime(TimeSpan.FromHours(-27))))
        {
            await earlier.RunAsync("create-backup", stopping: Token);
            await earlier.RunAsync("verify-backup", stopping: Token);
        }

        var (verdict, sentence) = await HealthAsync(ground, ground.Settings);
        await ground.Engine.RunAsync("verify-backup", request: new System.Text.Json.Nodes.JsonObject { ["all"] = true, ["upTo"] = "archive" }, stopping: Token);

        Assert.Equal(BackupVerdict.Amber, verdict);
        Assert.StartsWith("1 of 1 stored backups were not read completely within a day: ", sentence, StringComparison.Ordinal);
        Assert.Equal(BackupVerdict.Green, (await ReportAsync(ground.Settings)).Verdict);
    }

    [Fact]
    public async Task Is_amber_while_backups_are_not_encrypted_as_asked()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, BackupGround.With(settings => settings with { IsEncryptionMissing = true }));
        await ground.ProvenAsync();

        Assert.Equal(
            (BackupVerdict.Amber, "The backups of staging are not encrypted, though security.encryptBackups asks for it: BACKUP_ENCRYPTION_KEY is not set."),
            await HealthAsync(ground, ground.Settings));
    }

    private static async Task<(BackupVerdict Verdict, string Sentence)> HealthAsync(EngineGround ground, EngineSettings settings)
    {
        var report = await ReportAsync(settings);
        return (report.Verdict, Assert.Single(report.Findings).Sentence);
    }

    internal static async Task<BackupHealthReport> ReportAsync(EngineSettings settings)
    {
        using var engine = new TestEngine(settings);
        return await engine.Get<BackupHealth>().OfAsync(engine.Environments.Get("staging"), Token);
    }

    private async Task<(BackupKey Key, byte[] Stored)> SignedAsync()
    {
        var text = BackupGround.NewKey();
        await using var ground = await BackupGround.MakeAsync(mongo, settings => settings with { BackupKey = text });
        var manifest = await ground.BackUpAsync();
        return (BackupKey.TryParse(text)!, await File.ReadAllBytesAsync(ground.Engine.Backups.ManifestPathOf(manifest.Archive), Token));
    }
}
