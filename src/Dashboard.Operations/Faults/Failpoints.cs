namespace Dashboard.Operations.Faults;

/// <summary>
/// Named places right before and right after an effect, where a fault test kills, pauses, delays or throws.
/// In a build without the symbol FAILPOINTS the calls do nothing.
/// </summary>
public static class Failpoints
{
    public const string RunStores = "run.stores";
    public const string RunStored = "run.stored";
    public const string LeaseTakes = "lease.takes";
    public const string LeaseTaken = "lease.taken";
    public const string LeaseReleases = "lease.releases";
    public const string LeaseReleased = "lease.released";
    public const string RunClaims = "run.claims";
    public const string RunClaimed = "run.claimed";
    public const string BodyBegins = "run.body-begins";
    public const string BodyEnded = "run.body-ended";
    public const string RunFinishes = "run.finishes";
    public const string RunFinished = "run.finished";
    public const string RunInterrupts = "run.interrupts";
    public const string RunInterrupted = "run.interrupted";
    public const string RunRecovers = "run.recovers";
    public const string RunRecovered = "run.recovered";
    public const string StepBegins = "step.begins";
    public const string StepBegun = "step.begun";
    public const string FileWrites = "file.writes";
    public const string FileWritten = "file.written";
    public const string FileSyncs = "file.syncs";
    public const string FileSynced = "file.synced";
    public const string FilePublishes = "file.publishes";
    public const string FileNamed = "file.named";
    public const string FilePublished = "file.published";
    public const string FileDeletes = "file.deletes";
    public const string FileDeleted = "file.deleted";
    public const string CopyPuts = "copy.puts";
    public const string CopyPut = "copy.put";
    public const string ProofWrites = "proof.writes";
    public const string ProofWritten = "proof.written";
    public const string RestoreStores = "restore.stores";
    public const string RestoreStored = "restore.stored";
    public const string SwapRenames = "swap.renames";
    public const string SwapRenamed = "swap.renamed";
    public const string SwapDrops = "swap.drops";
    public const string SwapDropped = "swap.dropped";
    public const string SwapMakes = "swap.makes";
    public const string SwapMade = "swap.made";
    public const string WindowStores = "window.stores";
    public const string WindowStored = "window.stored";
    public const string ModeSwitches = "mode.switches";
    public const string ModeSwitched = "mode.switched";
    public const string RebuildStores = "rebuild.stores";
    public const string RebuildStored = "rebuild.stored";
    public const string IndexDrops = "index.drops";
    public const string IndexDropped = "index.dropped";
    public const string IndexMakes = "index.makes";
    public const string IndexMade = "index.made";
    public const string ProfilerSets = "profiler.sets";
    public const string ProfilerSet = "profiler.set";
    public const string ScratchDrops = "scratch.drops";
    public const string ScratchDropped = "scratch.dropped";
    public const string ReleaseMakes = "release.makes";
    public const string ReleaseMade = "release.made";
    public const string MigrationStores = "migration.stores";
    public const string MigrationStored = "migration.stored";
    public const string MigrationRuns = "migration.runs";
    public const string MigrationRan = "migration.ran";
    public const string AlertStores = "alert.stores";
    public const string AlertStored = "alert.stored";
    public const string NoticeSends = "notice.sends";
    public const string NoticeSent = "notice.sent";
    public const string AuditWrites = "audit.writes";
    public const string AuditWritten = "audit.written";

    /// <summary>What happens at a point: given its name and a detail (a step's title, a file). Null outside fault tests.</summary>
    public static Func<string, string, Task>? Handler { get; set; }

    public static Task HitAsync(string point, string detail) =>
#if FAILPOINTS
        Handler?.Invoke(point, detail) ?? Task.CompletedTask;
#else
        Task.CompletedTask;
#endif
}
