using System.Globalization;
using Dashboard.Operations.Running;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>What has to be so before a restore may begin, and what a person should know.</summary>
public sealed class RestoreChecks(BackupLedger ledger, BackupHistory history, TimeProvider time)
{
    internal async Task<IReadOnlyList<PlanCheck>> OfAsync(RestoreScope scope, RestoreBackup.Request request, CancellationToken cancellationToken)
    {
        var build = await scope.Database.RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), cancellationToken: cancellationToken);
        return
        [
            WithinReach(scope),
            await ProvenAsync(scope, request, cancellationToken),
            Believable(scope, request),
            OfThisEnvironment(scope, request),
            OfThisApplication(scope, request),
            Swappable(scope, IsDocumentDb(build)),
            Versions(scope, build),
            await AgeAsync(scope, cancellationToken),
            await RoomAsync(scope, request, cancellationToken),
            .. scope.IsLive && !scope.IsEmptyTarget
                ? [new PlanCheck("Application stopped", PlanVerdict.Warning, $"Nobody can tell from here whether {scope.Environment.Title} still writes. Stop it, or switch its maintenance on, before you confirm: what it writes after the safety backup is not in the new database.")]
                : Array.Empty<PlanCheck>(),
            .. scope.Unfinished.Select(record => new PlanCheck(
                $"Earlier restore {record.Told}", PlanVerdict.Warning, record.State == RestoreState.Swapping
                    ? "It stopped in the middle of its swap; it is finished first, and what is then live is what the safety backup saves."
                    : "It stopped before its swap; what it loaded is cleared away first.")),
        ];
    }

    /// <summary>A proof holds for the file of one SHA-256; whether it is still that file is seen while it is read, before anything is swapped.</summary>
    internal async Task<string?> ProvenSha256Async(RestoreScope scope, CancellationToken cancellationToken) =>
        (await ledger.OfAsync(scope.Archive, cancellationToken))
            .LastOrDefault(proof => proof is { Succeeded: true, Rung: >= BackupRung.ArchiveProven } && (scope.Manifest is null || proof.Sha256 == scope.Manifest.Sha256))?.Sha256;

    /// <summary>A remark and no step of the plan: another machine than that which made the plan may run it, and has what this one fetches, or fetches what this one has.</summary>
    private static PlanCheck WithinReach(RestoreScope scope) => new(
        "Archive within reach", PlanVerdict.Passed, scope.Fetch is { } fetch ? $"It is not on this machine ({Environment.MachineName}): {fetch.Sentence}." : $"It is on this machine ({Environment.MachineName}).");

    private async Task<PlanCheck> ProvenAsync(RestoreScope scope, RestoreBackup.Request request, CancellationToken cancellationToken)
    {
        const string name = "Archive proven";
        var proofs = await ledger.OfAsync(scope.Archive, cancellationToken);
        var best = proofs.Where(proof => proof.Succeeded && (scope.Manifest is null || proof.Sha256 == scope.Manifest.Sha256)).MaxBy(proof => proof.Rung);
        if (best is { Rung: >= BackupRung.ArchiveProven })
            return new PlanCheck(name, PlanVerdict.Passed, string.Create(CultureInfo.InvariantCulture, $"{best.Evidence.TrimEnd('.')} ({best.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC)."));
        return request.AllowUnproven
            ? new PlanCheck(name, PlanVerdict.Warning, "Nobody has read it to its end yet; allowUnproven was said. It is read completely, and compared, before anything is swapped.")
            : new PlanCheck(name, PlanVerdict.Blocked, $"Nobody has read {scope.Archive} to its end yet. Run verify-backup with archive {scope.Archive}, or say allowUnproven.");
    }

    private static PlanCheck Believable(RestoreScope scope, RestoreBackup.Request request)
    {
        const string name = "Archive unchanged";
        var problem = scope.ManifestProblem ?? scope.Entry?.Problem;
        if (problem is not null)
            return new PlanCheck(name, request.AllowUnproven ? PlanVerdict.Warning : PlanVerdict.Blocked, request.AllowUnproven ? $"{problem} allowUnproven was said." : $"{problem} Take another backup, or say allowUnproven if you know why.");
        return scope.Manifest is null
            ? new PlanCheck(name, PlanVerdict.Warning, "It has no manifest, so what is loaded can only be compared with the archive itself.")
            : new PlanCheck(name, PlanVerdict.Passed, "Manifest and ledger agree.");
    }

    private static PlanCheck OfThisEnvironment(RestoreScope scope, RestoreBackup.Request request)
    {
        const string name = "Environment";
        if (scope.Manifest is not { } manifest)
            return new PlanCheck(name, PlanVerdict.Warning, "The archive does not say of which environment it is.");
        if (manifest.Environment == scope.Environment.Name)
            return new PlanCheck(name, PlanVerdict.Passed, $"The backup is of {manifest.Environment}.");
        var difference = $"The backup is of {manifest.Environment} (database '{manifest.Database}'), and the restore is for {scope.Environment.Name} (database '{scope.Target}')";
        return request.AllowOtherEnvironment
            ? new PlanCheck(name, PlanVerdict.Warning, $"{difference}; allowOtherEnvironment was said.")
            : new PlanCheck(name, PlanVerdict.Blocked, $"{difference}. Choose a backup of {scope.Environment.Name}, or say allowOtherEnvironment.");
    }

    /// <summary>A database name that differs without having been asked for, or not one collection in common, is another application's.</summary>
    private static PlanCheck OfThisApplication(RestoreScope scope, RestoreBackup.Request request)
    {
        const string name = "Same application";
        var archived = scope.Namespaces.Select(one => one.Collection).ToList();
        var live = scope.Look.Live.ToList();
        if (archived.Count == 0)
            return new PlanCheck(name, PlanVerdict.Blocked, $"{scope.Archive} holds no collection of '{scope.Source}'; restoring it would only empty '{scope.Target}'.");
        var differences = new List<string>();
        if (scope.Source != scope.Target && request.TargetDatabase is null && scope.Source != scope.Environment.Database.DatabaseNamespace.DatabaseName)
            differences.Add($"the archive is of the database '{scope.Source}' and would go into '{scope.Target}'");
        if (live.Count > 0 && !live.Intersect(archived, StringComparer.Ordinal).Any())
            differences.Add($"they have no collection in common (archive: {Few(archived)}; '{scope.Target}': {Few(live)})");
        if (differences.Count == 0)
            return new PlanCheck(name, PlanVerdict.Passed, Gains(archived, live));
        var difference = string.Join(", and ", differences);
        return request.AllowOtherEnvironment
            ? new PlanCheck(name, PlanVerdict.Warning, $"Although {difference}; allowOtherEnvironment was said.")
            : new PlanCheck(name, PlanVerdict.Blocked, $"Another application's, it seems: {difference}. Say targetDatabase or allowOtherEnvironment if it is meant so.");
    }

    private static PlanCheck Swappable(RestoreScope scope, bool isDocumentDb)
    {
        const string name = "Names can be swapped";
        const string elsewhere = "Restore into a new database with targetDatabase, where nothing has to be swapped, and point the application there.";
        if (!scope.IsEmptyTarget && scope.Direct is { Count: > 0 } direct)
            return new PlanCheck(name, PlanVerdict.Blocked, $"{Few(direct)}: time series and stored functions cannot be renamed. {elsewhere}");
        if (scope.Look.Live.Where(one => !scope.Look.CanBeRenamed(one)).ToList() is { Count: > 0 } stuck)
            return new PlanCheck(name, PlanVerdict.Blocked, $"'{scope.Target}' has {Few(stuck)}: time series and stored functions cannot be moved aside. {elsewhere}");
        if (scope.Names.Where(one => one.ChangesKind).Select(one => one.Name).ToList() is { Count: > 0 } changing)
            return new PlanCheck(name, PlanVerdict.Blocked, $"{Few(changing)}: a view on one side and a collection on the other. {elsewhere}");
        if (scope.Names.Where(one => !one.IsView && !WorkingNames.Fits(scope.Target, one.Name, isDocumentDb)).Select(one => one.Name).ToList() is { Count: > 0 } tooLong)
            return new PlanCheck(name, PlanVerdict.Blocked, $"{Few(tooLong)}: too long to be moved aside under a name that carries the run. Rename it, or restore with a shorter targetDatabase.");
        return new PlanCheck(name, PlanVerdict.Passed, "All of them.");
    }

    private static PlanCheck Versions(RestoreScope scope, BsonDocument build)
    {
        var (from, to) = (scope.Header.ServerVersion, build["version"].AsString);
        return MajorOf(from) > MajorOf(to)
            ? new PlanCheck("Server versions", PlanVerdict.Warning, $"The archive is of a server {from} and goes into one of {to}: what the older one does not know, it refuses while loading, before anything is swapped.")
            : new PlanCheck("Server versions", PlanVerdict.Passed, $"From {from} to {to}.");
    }

    private async Task<PlanCheck> AgeAsync(RestoreScope scope, CancellationToken cancellationToken)
    {
        const string name = "Newest backup";
        if (scope.Manifest is not { } manifest)
            return new PlanCheck(name, PlanVerdict.Warning, "The archive does not say when it was taken.");
        var newest = await history.NewestGoodAsync(scope.Environment.Name, cancellationToken);
        var age = string.Create(CultureInfo.InvariantCulture, $"It shows {manifest.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {(time.GetUtcNow() - manifest.StartedAt).TotalHours:0.#} hours ago");
        return newest is null || newest.Manifest.StartedAt <= manifest.StartedAt || newest.Manifest.Archive == manifest.Archive
            ? new PlanCheck(name, PlanVerdict.Passed, $"{age}.")
            : new PlanCheck(name, PlanVerdict.Warning, string.Create(CultureInfo.InvariantCulture, $"{age}; {newest.Manifest.Archive} is newer and good."));
    }

    /// <summary>What is needed is the most that it can be: a server that compresses takes less, so a person may know better.</summary>
    private static async Task<PlanCheck> RoomAsync(RestoreScope scope, RestoreBackup.Request request, CancellationToken cancellationToken)
    {
        const string name = "Room on the server";
        var room = await ServerRoom.AskAsync(scope.Database, ServerRoom.NeededFor(scope.Manifest, scope.Bytes), cancellationToken);
        if (!room.IsTooLittle)
            return new PlanCheck(name, room.Free is null ? PlanVerdict.Warning : PlanVerdict.Passed, room.Said);
        return request.AllowLittleRoom
            ? new PlanCheck(name, PlanVerdict.Warning, $"{room.Said} allowLittleRoom was said. If it does not fit, the restore fails before anything is swapped.")
            : new PlanCheck(name, PlanVerdict.Blocked, $"{room.Said} Make room first (prune-backups drops what earlier restores keep), or say allowLittleRoom if you know that it takes less.");
    }

    internal static bool IsDocumentDb(BsonDocument build) => build.GetValue("gitVersion", "").ToString() == "dashboard-local-mongo";

    private static string Gains(List<string> archived, List<string> live)
    {
        var (come, go) = (archived.Except(live, StringComparer.Ordinal).ToList(), live.Except(archived, StringComparer.Ordinal).ToList());
        if (live.Count == 0)
            return "The target is empty.";
        return come.Count + go.Count == 0
            ? "The same collections on both sides."
            : $"{(come.Count == 0 ? "Nothing" : Few(come))} would come, {(go.Count == 0 ? "nothing" : Few(go))} would go.";
    }

    private static int MajorOf(string version) => int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out var major) ? major : 0;

    private static string Few(IReadOnlyList<string> names) =>
        names.Count <= 5 ? string.Join(", ", names) : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(5))} and {names.Count - 5} more");
}
