using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>What depends on the server: archives of the genuine tool, kinds of collections that only MongoDB has, and a second attempt without any dashboard.</summary>
public sealed class RestoreServerTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Staging = "e001";
    private RestoreGround _ground = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TestEngine Engine => _ground.Engine;

    private IMongoDatabase Database => _ground.DatabaseOf(Staging);

    public async ValueTask InitializeAsync() => _ground = await RestoreGround.MakeAsync(mongo, Token);

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task Restores_an_archive_of_the_genuine_mongodump()
    {
        await _ground.FillOldAsync(Staging, Token);
        const string name = "from-mongodump.gz";
        await MongoTools.RunAsync(
            await MongoTools.DumpAsync(Token),
            ["--uri", _ground.Ground.Settings.ConnectionString, "--db", _ground.Ground.Settings.TargetOf(RestoreGround.Source), "--gzip", $"--archive={Engine.Backups.PathOf(name)}"],
            Token);

        var run = await Engine.RunConfirmedAsync(
            "restore-backup", Staging, new JsonObject { ["archive"] = name, ["allowUnproven"] = true, ["allowOtherEnvironment"] = true });

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
    }

    /// <summary>A time series cannot be renamed; a new database needs no renames.</summary>
    [Fact]
    public async Task Restores_kinds_that_cannot_be_renamed_into_a_new_database_and_refuses_them_elsewhere()
    {
        var create = new BsonDocument { ["create"] = "weather", ["timeseries"] = new BsonDocument("timeField", "at") };
        if (!mongo.IsGenuine)
        {
            await Assert.ThrowsAsync<MongoCommandException>(() => Database.RunCommandAsync<BsonDocument>(create, cancellationToken: Token));
            return;
        }

        await Database.RunCommandAsync<BsonDocument>(create, cancellationToken: Token);
        await Database.GetCollection<BsonDocument>("weather").InsertManyAsync(Enumerable.Range(0, 50).Select(minute => new BsonDocument { ["at"] = DateTime.UnixEpoch.AddMinutes(minute), ["t"] = minute }), cancellationToken: Token);
        await _ground.FillOldAsync(Staging, Token);
        var archive = await _ground.BackUpAsync(Staging);

        var blocked = Assert.IsType<IntakeResult.Blocked>(await Engine.Intake.AcceptAsync(TestEngine.Call("restore-backup", Staging, new JsonObject { ["archive"] = archive }), Token));
        Assert.Contains("weather: time series and stored functions cannot be renamed. Restore into a new database with targetDatabase", blocked.Sentence, StringComparison.Ordinal);

        var name = $"{_ground.Ground.Settings.TargetDatabase}-new";
        var run = await Engine.RunConfirmedAsync("restore-backup", Staging, new JsonObject { ["archive"] = archive, ["targetDatabase"] = name });
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(await _ground.StateAsync(Staging, Token), await DatabaseState.OfAsync(Engine.Client.GetDatabase(name), Token));
    }

    [Fact]
    public async Task Keeps_options_and_indexes_of_every_kind_through_the_swap()
    {
        var source = _ground.DatabaseOf("e002");
        await source.RunCommandAsync<BsonDocument>(
            new BsonDocument { ["create"] = "rules", ["validator"] = new BsonDocument("age", new BsonDocument("$gte", 0)), ["validationLevel"] = "moderate" }, cancellationToken: Token);
        if (mongo.IsGenuine)
        {
            await source.RunCommandAsync<BsonDocument>("{ create: 'capped', capped: true, size: 65536, max: 10 }", cancellationToken: Token);
            await source.RunCommandAsync<BsonDocument>("{ create: 'clustered', clusteredIndex: { key: { _id: 1 }, unique: true } }", cancellationToken: Token);
            await source.RunCommandAsync<BsonDocument>("{ create: 'names', collation: { locale: 'de', strength: 2 } }", cancellationToken: Token);
            await source.GetCollection<BsonDocument>("capped").InsertOneAsync(new BsonDocument("a", 1), cancellationToken: Token);
            await source.RunCommandAsync<BsonDocument>("{ createIndexes: 'rules', indexes: [{ key: { text: 'text' }, name: 'text' }, { key: { '$**': 1 }, name: 'wild' }] }", cancellationToken: Token);
        }

        await source.RunCommandAsync<BsonDocument>(
            """
            { createIndexes: 'rules', indexes: [
                { key: { a: 1, b: -1 }, name: 'compound' }, { key: { u: 1 }, name: 'unique', unique: true, sparse: true },
                { key: { p: 1 }, name: 'partial', partialFilterExpression: { p: { $gt: 5 } } }, { key: { at: 1 }, name: 'ttl', expireAfterSeconds: 86400 },
                { key: { h: 'hashed' }, name: 'hashed' }, { key: { g: '2dsphere' }, name: 'place' } ] }
            """,
            cancellationToken: Token);
        await source.GetCollection<BsonDocument>("rules").InsertManyAsync(Enumerable.Range(0, 20).Select(n => new BsonDocument { ["a"] = n, ["age"] = n, ["u"] = n, ["at"] = new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc) }), cancellationToken: Token);
        var archive = await _ground.BackUpAsync("e002");

        var run = await Engine.RunConfirmedAsync("restore-backup", Staging, new JsonObject { ["archive"] = archive, ["allowOtherEnvironment"] = true });

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(await _ground.StateAsync("e002", Token), await _ground.StateAsync(Staging, Token));
        await Engine.RunConfirmedAsync("restore-backup", Staging, new JsonObject { ["archive"] = archive, ["allowOtherEnvironment"] = true });
        Assert.Equal(await _ground.StateAsync("e002", Token), await _ground.StateAsync(Staging, Token));
    }

    [Fact]
    public async Task A_second_attempt_finishes_the_first_itself_and_nobody_backs_up_what_is_half()
    {
        var restore = await RestoreCase.AcceptAsync(_ground, "restore-backup", Staging, Token);
        await using var worker = await WorkerProcess.StartAsync(_ground.Ground.Settings with { LeaseDuration = TimeSpan.FromSeconds(6) }, "swap.renamed=kill@2", "run", restore.RunId);
        Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");
        await Eventually.TrueAsync(async () => await Engine.Leases.HolderAsync(Staging, Token) is null, "the lease lapses");

        var backup = await Engine.RunAsync("create-backup", Staging, stopping: Token);
        Assert.Equal(RunState.Failed, backup.State);
        Assert.Contains("stopped in the middle of its swap", backup.Message, StringComparison.Ordinal);
        var again = await _ground.RestoreAsync(Staging);

        Assert.Equal((RunState.Succeeded, again.Message), (again.State, again.Message));
        Assert.Equal("Finish what an earlier restore left", again.Steps[1].Title);
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
        var lines = (await Engine.History.LinesAsync(again.Id, 0, Token)).Select(line => line.Text);
        Assert.Contains(lines, line => line.Contains("is entirely the new one; the swap was finished", StringComparison.Ordinal));
        Assert.Equal(RestoreState.Swapped, (await _ground.Journal.FindAsync(restore.RunId, Token))?.State);
        await restore.SettledAsync(Token);
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
    }

    /// <summary>Two watches recover the same run; the second was slow, and meanwhile the restore was undone.</summary>
    [Fact]
    public async Task A_watch_that_comes_late_does_not_swap_again_what_was_undone_meanwhile()
    {
        var restore = await RestoreCase.AcceptAsync(_ground, "restore-backup", Staging, Token);
        await using var worker = await WorkerProcess.StartAsync(_ground.Ground.Settings with { LeaseDuration = TimeSpan.FromSeconds(6) }, "swap.renamed=kill@2", "run", restore.RunId);
        Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");
        await Eventually.TrueAsync(async () => (await Engine.Runs.LapsedAsync(Token)).Count == 1, "the run lapses");
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Operations.Faults.Failpoints.LeaseTakes);
        var late = Engine.Watch.SweepAsync(Token);
        await pause.ReachedAsync();
        using (var other = new TestEngine(_ground.Ground.Settings))
            await other.Watch.SweepAsync(Token);
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
        Assert.Equal(RunState.Succeeded, (await Engine.RunConfirmedAsync("undo-restore", Staging)).State);

        pause.Release();
        await late;

        Assert.Equal(restore.Old, await _ground.StateAsync(Staging, Token));
        Assert.Empty(await DatabaseState.BesideAsync(Database, "__stray_", Token));
    }

    [Fact]
    public async Task Previews_a_file_without_a_server()
    {
        var preview = new RestorePreview(BackupKeys.None);
        var path = Engine.Backups.PathOf(_ground.Archive);

        var whole = await preview.ReadAsync(path, "elsewhere", Token);
        Assert.True(whole is { IsWhole: true, IsUsable: true }, whole.Verdict);
        Assert.Contains(whole.Lines, line => line.StartsWith("elsewhere.characters: 30 documents, ", StringComparison.Ordinal) && line.EndsWith("indexes _id_, name_1", StringComparison.Ordinal));
        Assert.Contains("elsewhere.heroes: view", whole.Lines);

        var cut = Path.Combine(_ground.Ground.Folder, "cut.gz");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(path, Token))[..^20], Token);
        Assert.True(await preview.ReadAsync(cut, targetDatabase: null, Token) is { IsWhole: false, IsUsable: true, Lines: [] });
        Assert.False((await preview.ReadAsync(path + ".nothing", targetDatabase: null, Token)).IsUsable);
        Assert.False((await preview.ReadAsync(path, "a/b", Token)).IsUsable);
    }
}
