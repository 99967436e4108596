using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Files;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Backups.Holders;

/// <summary>What lies elsewhere is fetched from a place for copies, whole, or the run says why not and leaves nothing.</summary>
public sealed partial class BackupFetchTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restores_on_one_machine_what_the_other_has_backed_up()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var target = two.Other.Client.GetDatabase(two.Others.TargetDatabase);
        var before = await DatabaseState.OfAsync(target, Token);
        var manifest = await two.One.BackUpAsync();
        await target.GetCollection<BsonDocument>("users").DeleteManyAsync(new BsonDocument(), Token);

        var run = await two.Other.RunConfirmedAsync("restore-backup", request: Named(manifest));

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(before, await DatabaseState.OfAsync(target, Token));
        Assert.Equal($"Fetch {manifest.Archive} from place-1", run.Steps[0].Title);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{manifest.Bytes:N0} bytes, with the SHA-256 it was taken with"), run.Steps[0].Note);
        foreach (var (here, there) in new[] { (two.Other.Backups.PathOf(manifest.Archive), two.One.Engine.Backups.PathOf(manifest.Archive)), (two.Other.Backups.ManifestPathOf(manifest.Archive), two.One.Engine.Backups.ManifestPathOf(manifest.Archive)) })
        {
            Assert.Equal(await File.ReadAllBytesAsync(there, Token), await File.ReadAllBytesAsync(here, Token));
            Assert.Equal(Durable.FileMode, File.GetUnixFileMode(here));
        }

        Assert.Empty(FileStates.Leftovers(two.Others.BackupFolder));
        Assert.DoesNotContain("latest", string.Join(' ', Directory.EnumerateFiles(two.Others.BackupFolder)), StringComparison.Ordinal);
    }

    /// <summary>The machine that runs it may be another than the one that made the plan.</summary>
    [Fact]
    public async Task The_plan_says_what_is_fetched_and_is_the_same_on_every_machine()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();

        var (there, here) = (await PlanAsync(two.Other, "restore-backup", Named(manifest)), await PlanAsync(two.One.Engine, "restore-backup", Named(manifest)));

        Assert.Equal(here.Hash, there.Hash);
        var reach = Assert.Single(there.Checks, check => check.Name == "Archive within reach");
        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $@"^It is not on this machine \({Environment.MachineName}\): fetches {manifest.Bytes:N0} bytes from place-1 first, about [0-9]+ s by the last time\.$"), reach.Note);
        Assert.Contains(there.Steps, step => step.Detail?.Contains("from place-1 first", StringComparison.Ordinal) == true);
        Assert.False(Directory.Exists(two.Others.BackupFolder));
    }

    [Fact]
    public async Task The_newest_proven_one_is_chosen_wherever_it_lies_and_a_dry_run_keeps_nothing()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        await two.Other.RunAsync("create-backup", stopping: Token);
        var newest = await two.One.BackUpAsync();
        var before = FileStates.Of(two.Others.BackupFolder);

        var dry = await two.Other.RunAsync("restore-backup", request: new JsonObject { ["dryRun"] = true }, stopping: Token);

        Assert.StartsWith($"{newest.Archive} is whole; ", dry.Message, StringComparison.Ordinal);
        Assert.Equal(before, FileStates.Of(two.Others.BackupFolder));
    }

    [Fact]
    public async Task Goes_back_to_the_database_of_a_backup_of_another_machine_and_fetches_it_before_anything_is_stopped()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();

        var run = await two.Other.RunConfirmedAsync("roll-back", request: new JsonObject { ["type"] = "database", ["archive"] = manifest.Archive });

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        var titles = run.Steps.Select(step => step.Title).ToList();
        Assert.InRange(titles.IndexOf($"Fetch {manifest.Archive} from place-1"), 0, titles.IndexOf("Stop the application") - 1);
    }

    [Fact]
    public async Task Fetches_a_large_encrypted_one_from_a_bucket()
    {
        await using var server = await S3Server.StartAsync();
        await using var two = await TwoMachines.MakeAsync(mongo, BackupGround.Encrypted(BackupGround.NewKey()), Bucket(server));
        await two.One.Engine.Client.GetDatabase(two.Others.TargetDatabase).DropCollectionAsync("users", Token);
        await two.One.Engine.Client.GetDatabase(two.Others.TargetDatabase).DropCollectionAsync("characters", Token);
        await two.One.FillTargetAsync(documents: 100, bytesOfEach: 20_000, Token);
        var manifest = await two.One.BackUpAsync();
        await CopyToBucketAsync(two, server);

        var run = await two.VerifyOnOtherAsync(manifest.Archive);

        Assert.Equal((RunState.Succeeded, $"{manifest.Archive}: read, restored and compared: equal to what was dumped."), (run.State, run.Message));
        Assert.True(manifest.Bytes > 1 << 20, "It should need more than one buffer.");
    }

    private static JsonObject Named(BackupManifest manifest) => new() { ["archive"] = manifest.Archive };

    private static async Task<Plan> PlanAsync(TestEngine engine, string operation, JsonObject request) =>
        (await engine.Intake.PreviewAsync(TestEngine.Call(operation, request: request), Token)).Plan ?? throw new InvalidOperationException("It has no plan.");

    private static Action<IServiceCollection> Bucket(S3Server server) =>
        services => services.AddSingleton(_ => new CopyPlan([BucketPlaceTests.NewPlace(server.Address)]));

    /// <summary>By the sweep of the machine that has it.</summary>
    private static async Task CopyToBucketAsync(TwoMachines two, S3Server server)
    {
        using var copying = new TestEngine(two.One.Settings with { Migration = two.One.Settings.Migration with { RedundantBackups = 2 } }, configure: Bucket(server));
        Assert.Equal(1, await copying.Get<CopySweep>().SweepAsync(Token));
    }
}
