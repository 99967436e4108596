using System.IO.Compression;
using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>Archives that are cut, changed, hostile or unreadable: a clear sentence, and the live database untouched.</summary>
public sealed class RestoreDamageTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Staging = "e001";
    private RestoreGround _ground = null!;
    private string _old = string.Empty;
    private byte[] _stored = [];
    private byte[] _plain = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ground = await RestoreGround.MakeAsync(mongo, Token);
        _old = await _ground.FillOldAsync(Staging, Token);
        _stored = await File.ReadAllBytesAsync(_ground.Engine.Backups.PathOf(_ground.Archive), Token);
        await using var gzip = new GZipStream(new MemoryStream(_stored), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        await gzip.CopyToAsync(plain, Token);
        _plain = plain.ToArray();
    }

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task Leaves_the_live_database_alone_wherever_the_archive_is_cut()
    {
        var lengths = Enumerable.Range(0, _plain.Length / 64).Select(part => part * 64).ToList();
        foreach (var length in FaultCounts.Some(lengths, quick: 6))
            await FaultCase.NamedAsync($"cut at {length} of {_plain.Length}", () => AssertRefusedAsync(_plain[..length], "at byte"));
    }

    [Fact]
    public async Task Leaves_the_live_database_alone_whichever_bit_is_flipped()
    {
        await Seeds.EachAsync(FaultCounts.Of(quick: 6, full: 300), async (random, _) =>
        {
            var changed = _stored.ToArray();
#pragma warning disable CA5394 // Reproducible on purpose.
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
#pragma warning restore CA5394
            await AssertRefusedAsync(changed, string.Empty);
        });
    }

    [Fact]
    public async Task Names_the_collection_and_the_place_of_a_changed_document()
    {
        var at = _plain.AsSpan().IndexOf("characters 7"u8);
        var changed = _plain.ToArray();
        changed[at] ^= 1;

        var sentence = await AssertRefusedAsync(changed, "characters: the checksum is");

        Assert.Matches("at byte [0-9]+", sentence);
    }

    [Theory]
    [InlineData(0, int.MaxValue)]
    [InlineData(0, -5)]
    [InlineData(0, 4)]
    [InlineData(0, 16 * 1024 * 1024)]
    public async Task Believes_no_length_that_lies(int before, int length)
    {
        // The four bytes before the first field of a document are its length.
        var at = _plain.AsSpan().IndexOf("characters 7"u8);
        var start = _plain.AsSpan(0, at).LastIndexOf("_id"u8) - 5 - before;
        var changed = _plain.ToArray();
        BitConverter.TryWriteBytes(changed.AsSpan(start), length);

        await AssertRefusedAsync(changed, "characters");
    }

    [Fact]
    public async Task Takes_no_bomb_and_nothing_that_is_no_archive()
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            await gzip.WriteAsync(_plain.AsMemory(0, _plain.Length - 64), Token);
            for (var megabyte = 0; megabyte < 256; megabyte++)
                await gzip.WriteAsync(zeros, Token);
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        await AssertRefusedAsync(bomb.ToArray(), "at byte");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100 << 20);
        await AssertRefusedAsync([], "it is no archive");
        await AssertRefusedAsync("%PDF-1.7 this is something else"u8.ToArray(), "does not begin as a mongodump archive does");
    }

    /// <summary>Damage is told of the file that was read: a copy elsewhere has the same name, and the original may be the last good one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Blames_the_file_that_was_read_and_not_the_one_of_that_name_in_the_backup_folder(bool elsewhere)
    {
        var folder = _ground.Engine.Backups;
        var read = elsewhere ? Directory.CreateDirectory(Path.Combine(_ground.Ground.Folder, "stick")).FullName : folder.Path;
        if (elsewhere)
            File.Copy(folder.ManifestPathOf(_ground.Archive), Path.Combine(read, Path.GetFileName(folder.ManifestPathOf(_ground.Archive))));
        var damaged = Path.Combine(read, _ground.Archive);
        var changed = _plain.ToArray();
        changed[_plain.AsSpan().IndexOf("characters 7"u8)] ^= 1;
        await File.WriteAllBytesAsync(damaged, changed, Token);

        var run = await _ground.Engine.RunConfirmedAsync("restore-backup", Staging, _ground.Request(("archive", damaged), ("allowUnproven", true)), Door.CommandLine);

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("characters: the checksum is", run.Message, StringComparison.Ordinal);
        var entry = await _ground.Ground.EntryAsync(_ground.Archive);
        Assert.Equal((elsewhere ? BackupStanding.Good : BackupStanding.Damaged, elsewhere), (entry.Standing, entry.Proofs.All(proof => proof.Succeeded)));
    }

    /// <summary>IO4: the disk fails while the archive is read, at the Nth read.</summary>
    [Fact]
    public async Task Stops_before_it_touches_the_live_database_when_the_archive_cannot_be_read()
    {
        var number = 1;
        var said = new List<string>();
        var tries = await SystemCallFaults.EachAsync(
            "pread64",
            "error=EIO",
            async () =>
            {
                var restore = await RestoreCase.AcceptAsync(_ground, "restore-backup", _ground.Ground.Settings.Environments[++number], Token);
                return new ReadCase(_ground, restore);
            },
            async (each, _, _) =>
            {
                // A read ahead of the plan's is not missed, and then nothing is amiss.
                var isNew = await each.Restore.AssertOldOrNewAsync(Token);
                var run = await _ground.Engine.FindAsync(each.Restore.RunId);
                Assert.Equal(isNew ? RunState.Succeeded : RunState.Failed, run.State);
                said.Add(run.Message ?? string.Empty);
            },
            quick: 6);

        Assert.Contains(said, message => message.Contains("could not be restored: Input/output error", StringComparison.Ordinal));
        Assert.True(tries >= 3, $"Only {tries} reads were made to fail.");
    }

    /// <returns>What was said.</returns>
    private async Task<string> AssertRefusedAsync(byte[] archive, string sentence)
    {
        const string name = "backup-e001-20250101-000000.archive";
        await File.WriteAllBytesAsync(_ground.Engine.Backups.PathOf(name), archive, Token);
        var request = new JsonObject { ["archive"] = name, ["allowOtherEnvironment"] = true, ["allowUnproven"] = true };
        var call = Testing.Engine.TestEngine.Call("restore-backup", Staging, request);
        var preview = await _ground.Engine.Intake.PreviewAsync(call, Token);
        var said = await _ground.Engine.Intake.AcceptAsync(call with { Confirm = preview.Plan?.Target, PlanHash = preview.Plan?.Hash }, Token) switch
        {
            IntakeResult.Blocked blocked => blocked.Sentence,
            IntakeResult.Accepted accepted => await FailedAsync(accepted.Run.Id),
            var other => throw new InvalidOperationException(other.ToString()),
        };

        Assert.Contains(sentence, said, StringComparison.Ordinal);
        Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
        Assert.Empty(await DatabaseState.BesideAsync(_ground.DatabaseOf(Staging), "__", Token));
        return said;
    }

    private async Task<string> FailedAsync(string runId)
    {
        var run = await _ground.Engine.Runner.RunAsync(runId, Token);
        Assert.Equal((RunState.Failed, run?.Message), (run?.State, run?.Message));
        Assert.Contains("is entirely the old one.", run?.Message, StringComparison.Ordinal);
        return run?.Message ?? string.Empty;
    }

    private sealed record ReadCase(RestoreGround Ground, RestoreCase Restore) : SystemCallCase(
        Ground.Ground.Settings, ["run", Restore.RunId], [Ground.Engine.Backups.PathOf(Ground.Archive)], Path.Combine(Ground.Ground.Folder, $"{Restore.RunId}.strace"));
}
