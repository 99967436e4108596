using System.Text.RegularExpressions;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>H1: every failpoint is reached, and every effect stands between two of them.</summary>
public sealed partial class FailpointTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_failpoint_is_reached_by_a_backup_and_by_the_clearing_after_a_dead_one()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, EngineGround.WithCopies);
        await ground.FillTargetAsync(documents: 5, bytesOfEach: 100, Token);
        await ground.BackUpEarlierAsync("staging", TimeSpan.FromDays(40));
        using var hook = FailpointHook.Install();

        Assert.Equal(RunState.Succeeded, (await ground.Engine.RunAsync("create-backup", stopping: Token)).State);
        await Invariants.RunEndsAsync(ground.Engine, await DeadRunAsync(ground), Token);

        Assert.Empty(FailpointPlan.AllPoints.Where(point => !IsOfRestores(point) && !IsOfDatabases(point) && !IsOfAlerts(point) && !IsOfAudit(point)).Except(hook.Hits.Select(hit => hit.Point), StringComparer.Ordinal));
    }

    [Fact]
    public void Every_failpoint_belongs_to_a_pair_around_an_effect()
    {
        var paired = Pairs.SelectMany(pair => new[] { pair.Key, pair.Value }).Append(Failpoints.FileNamed);

        Assert.Empty(FailpointPlan.AllPoints.Except(paired, StringComparer.Ordinal));
    }

    /// <summary>An effect is a call by which the world outside the process changes; what is not listed here must not be made in these files.</summary>
    [Theory]
    [InlineData("Files/Durable.cs", @"\bSync\(file\.Safe", Failpoints.FileSyncs)]
    [InlineData("Files/Durable.cs", @"File\.Move\(temporary", Failpoints.FilePublishes)]
    [InlineData("Files/Durable.cs", @"file\.WriteAsync\(", Failpoints.FileWrites)]
    [InlineData("Files/Durable.cs", @"File\.Delete\(path", Failpoints.FileDeletes)]
    [InlineData("Backups/Proofs/BackupLedger.cs", @"_proofs\.ReplaceOneAsync\(", Failpoints.ProofWrites)]
    [InlineData("Backups/Copies/BackupCopier.cs", @"await place\.PutAsync\(", Failpoints.CopyPuts)]
    [InlineData("Backups/Copies/BackupCopier.cs", @"await place\.DeleteAsync\(", Failpoints.FileDeletes)]
    [InlineData("Files/HashingStream.cs", @"file\.WriteAsync\(buffer", Failpoints.FileWrites)]
    [InlineData("Running/Intake.cs", @"runs\.InsertAsync\(", Failpoints.RunStores)]
    [InlineData("Running/Leases.cs", @"TryTakeAsync\(run, cancellationToken\);", Failpoints.LeaseTakes)]
    [InlineData("Running/Leases.cs", @"Set\(lease => lease\.RunId, null\)", Failpoints.LeaseReleases)]
    [InlineData("Running/OperationRunner.cs", @"runs\.ClaimAsync\(", Failpoints.RunClaims)]
    [InlineData("Running/OperationRunner.cs", @"operation\.RunAsync\(", Failpoints.BodyBegins)]
    [InlineData("Running/OperationRunner.cs", @"runs\.FinishAsync\(", Failpoints.RunFinishes)]
    [InlineData("Running/OperationSteps.cs", @"_journal\.BeginStep\(", Failpoints.StepBegins)]
    [InlineData("Running/RunWatch.cs", @"runs\.InterruptAsync\(", Failpoints.RunInterrupts)]
    [InlineData("Running/RunWatch.cs", @"operation\.RecoverAsync\(", Failpoints.RunRecovers)]
    [InlineData("Backups/Restoring/RestoreJournal.cs", @"_records\.(InsertOne|ReplaceOne)Async\(", Failpoints.RestoreStores)]
    [InlineData("Backups/Restoring/CollectionSwap.cs", @"_database\.RenameCollectionAsync\(", Failpoints.SwapRenames)]
    [InlineData("Backups/Restoring/CollectionSwap.cs", @"_database\.DropCollectionAsync\(", Failpoints.SwapDrops)]
    [InlineData("Backups/Restoring/CollectionSwap.cs", @"_database\.RunCommandAsync<", Failpoints.SwapMakes)]
    [InlineData("Backups/Restoring/RestoreRecovery.cs", @"database\.DropCollectionAsync\(", Failpoints.ScratchDrops)]
    [InlineData("Maintenance/MaintenanceWindows.cs", @"_windows\.(InsertOne|ReplaceOne|UpdateOne)Async\(", Failpoints.WindowStores)]
    [InlineData("Maintenance/MaintenanceFlag.cs", @"await TryWriteAsync\(", Failpoints.ModeSwitches)]
    [InlineData("Maintenance/ModeSwitch.cs", @"platform\.DeployAsync\(", Failpoints.ModeSwitches)]
    [InlineData("Deployments/DeployRun.cs", @"platform\.DeployAsync\(", Failpoints.ReleaseMakes)]
    [InlineData("Deployments/WayBack.cs", @"platform\.DeployAsync\(", Failpoints.ReleaseMakes)]
    [InlineData("Databases/IndexRebuilder.cs", @"_records\.InsertOneAsync\(", Failpoints.RebuildStores)]
    [InlineData("Databases/IndexRebuilder.cs", @"database\.RunCommandAsync<", Failpoints.IndexMakes)]
    [InlineData("Databases/IndexRebuilder.cs", @"Indexes\.DropOneAsync\(", Failpoints.IndexDrops)]
    [InlineData("Databases/Profiler.cs", @"RunCommandAsync<BsonDocument>\(command", Failpoints.ProfilerSets)]
    [InlineData("Alerts/AlertStore.cs", @"_alerts\.InsertOneAsync\(", Failpoints.AlertStores)]
    [InlineData("Alerts/Delivery/DeliverySweep.cs", @"channel\.Channel\.SendAsync\(", Failpoints.NoticeSends)]
    [InlineData("Audit/AuditTrail.cs", @"_entries\.InsertOneAsync\(", Failpoints.AuditWrites)]
    [InlineData("Backups/Restoring/BeforeSets.cs", @"database\.DropCollectionAsync\(", Failpoints.ScratchDrops)]
    public void Every_effect_stands_between_its_points(string file, string effect, string before)
    {
        var text = File.ReadAllText(Path.Combine(Sources.Operations, file));

        var effects = Regex.Matches(text, effect, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

        Assert.NotEmpty(effects);
        Assert.All(effects, match =>
        {
            Assert.Contains(NameOf(before), text[..match.Index].Split("Failpoints.HitAsync(")[^1], StringComparison.Ordinal);
            Assert.Contains(NameOf(Pairs[before]), text[match.Index..], StringComparison.Ordinal);
        });
    }

    /// <summary>A file is synced by <c>Durable</c> alone: .NET's own calls hide a failure.</summary>
    [Fact]
    public void No_other_file_of_the_product_syncs()
    {
        var elsewhere = Directory.EnumerateFiles(Sources.Product, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith("Files/Durable.cs", StringComparison.Ordinal) && !path.Contains("LocalMongo", StringComparison.Ordinal))
            .Where(path => Syncing().IsMatch(File.ReadAllText(path)))
            .Select(path => Path.GetRelativePath(Sources.Product, path));

        Assert.Empty(elsewhere);
    }

    private static readonly Dictionary<string, string> Pairs = new(StringComparer.Ordinal)
    {
        [Failpoints.RestoreStores] = Failpoints.RestoreStored,
        [Failpoints.SwapRenames] = Failpoints.SwapRenamed,
        [Failpoints.SwapDrops] = Failpoints.SwapDropped,
        [Failpoints.SwapMakes] = Failpoints.SwapMade,
        [Failpoints.ScratchDrops] = Failpoints.ScratchDropped,
        [Failpoints.RunStores] = Failpoints.RunStored,
        [Failpoints.LeaseTakes] = Failpoints.LeaseTaken,
        [Failpoints.LeaseReleases] = Failpoints.LeaseReleased,
        [Failpoints.RunClaims] = Failpoints.RunClaimed,
        [Failpoints.BodyBegins] = Failpoints.BodyEnded,
        [Failpoints.RunFinishes] = Failpoints.RunFinished,
        [Failpoints.RunInterrupts] = Failpoints.RunInterrupted,
        [Failpoints.RunRecovers] = Failpoints.RunRecovered,
        [Failpoints.StepBegins] = Failpoints.StepBegun,
        [Failpoints.FileWrites] = Failpoints.FileWritten,
        [Failpoints.FileSyncs] = Failpoints.FileSynced,
        [Failpoints.FilePublishes] = Failpoints.FilePublished,
        [Failpoints.FileDeletes] = Failpoints.FileDeleted,
        [Failpoints.CopyPuts] = Failpoints.CopyPut,
        [Failpoints.ProofWrites] = Failpoints.ProofWritten,
        [Failpoints.WindowStores] = Failpoints.WindowStored,
        [Failpoints.ModeSwitches] = Failpoints.ModeSwitched,
        [Failpoints.RebuildStores] = Failpoints.RebuildStored,
        [Failpoints.IndexDrops] = Failpoints.IndexDropped,
        [Failpoints.IndexMakes] = Failpoints.IndexMade,
        [Failpoints.ProfilerSets] = Failpoints.ProfilerSet,
        [Failpoints.ReleaseMakes] = Failpoints.ReleaseMade,
        [Failpoints.MigrationStores] = Failpoints.MigrationStored,
        [Failpoints.MigrationRuns] = Failpoints.MigrationRan,
        [Failpoints.AlertStores] = Failpoints.AlertStored,
        [Failpoints.NoticeSends] = Failpoints.NoticeSent,
        [Failpoints.AuditWrites] = Failpoints.AuditWritten,
    };

    private static async Task<string> DeadRunAsync(EngineGround ground)
    {
        using var dying = new TestEngine(ground.Settings with { LeaseDuration = TimeSpan.FromMilliseconds(1) });
        var runId = await dying.AcceptAsync("create-backup");
        Assert.NotNull(await dying.Runs.ClaimAsync(runId, "a process that died", Token));
        return runId;
    }

    /// <summary>Reached by restores, as <c>RestoreFailpointTests</c> shows.</summary>
    internal static bool IsOfRestores(string point) => point.Split('.')[0] is "restore" or "swap" or "scratch";

    /// <summary>Reached by maintenance, releases, rebuilds, profiling and migrations, in whose own fault tests each is a place to be killed.</summary>
    private static bool IsOfDatabases(string point) => point.Split('.')[0] is "window" or "mode" or "rebuild" or "index" or "profiler" or "migration" or "release";

    /// <summary>Reached by alerts, as <c>DeliveryTests</c> shows.</summary>
    private static bool IsOfAlerts(string point) => point.Split('.')[0] is "alert" or "notice";

    private static bool IsOfAudit(string point) => point.Split('.')[0] == "audit";

    private static string NameOf(string point) =>
        typeof(Failpoints).GetFields().Single(field => field.IsLiteral && (string)field.GetRawConstantValue()! == point).Name;

    [GeneratedRegex(@"EntryPoint = ""(fsync|fdatasync)""|FlushToDisk|Flush\(true\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Syncing();
}
