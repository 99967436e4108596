using System.Globalization;
using System.Security.Cryptography;
using Dashboard.MongoArchive;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Files;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Backups;

/// <summary>
/// Writes the environment's database as a mongodump archive that plain mongorestore reads. The archive gets its name only when it is whole,
/// synced and read back, and its manifest stands beside it already: its appearance is the one moment from which the backup exists.
/// </summary>
public sealed class CreateBackup(BackupFolder folder, EnvironmentRegistry environments, RunStore runs, TimeProvider time)
    : Operation<CreateBackup.Request>
{
    /// <param name="Compress">Null: as <c>backup.compression</c> of the environment says.</param>
    public sealed record Request(bool? Compress = null);

    public override string Title => "Back up";

    public override string Summary => "Writes every collection and index of the environment's database into an archive that mongorestore reads.";

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        try
        {
            return await WriteAsync(environment, request, steps, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return OperationResult.Failure($"The backup could not be written: {exception.Message.TrimEnd('.')}. {FreeSpace()} Earlier backups are untouched.");
        }
        catch (CopyException exception)
        {
            return OperationResult.Failure(exception.Message);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return OperationResult.Failure(
                $"The database of {environment.Name} stopped answering while it was read: {exception.GetBaseException().Message.TrimEnd('.')}. No backup was made; check the database's health and start again.");
        }
    }

    /// <summary>Deletes the temporary files of the run, and its manifest when the archive never appeared.</summary>
    protected internal override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        var cleared = folder.Clear(runId => runId == run.Id);
        return Task.FromResult(cleared.Count == 0 ? null : $"deleted {string.Join(", ", cleared)}");
    }

    private async Task<OperationResult> WriteAsync(TargetEnvironment environment, Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Look at the database", cancellationToken);
        folder.Prepare();
        await ClearLeftoversAsync(steps, cancellationToken);
        var dump = await DatabaseDump.PrepareAsync(environment.Database, new DumpOptions(), cancellationToken);
        if (dump.Collections == 0)
            return OperationResult.Failure($"The database '{environment.Database.DatabaseNamespace.DatabaseName}' of {environment.Name} has no collections; check its name in config/dashboard.json.");
        steps.Note(string.Create(CultureInfo.InvariantCulture, $"{dump.Collections} collections, about {dump.ExpectedDocuments:N0} documents"));

        var compress = request.Compress ?? environment.Settings.BackupCompression;
        var (name, startedAt) = ChooseName(environment.Name, compress);
        var temporary = folder.TemporaryPathOf(name, steps.Run.Id);
        try
        {
            var manifest = await WriteArchiveAsync(environment, dump, name, startedAt, compress, steps, cancellationToken);
            await PublishAsync(temporary, manifest, steps, cancellationToken);
            return OperationResult.Success(string.Create(
                CultureInfo.InvariantCulture, $"{name}: {manifest.Collections.Count} collections, {manifest.Documents:N0} documents, {manifest.Bytes:N0} bytes."));
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<BackupManifest> WriteArchiveAsync(
        TargetEnvironment environment, DatabaseDump dump, string name, DateTimeOffset startedAt, bool compress, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Write the archive", cancellationToken);
        var temporary = folder.TemporaryPathOf(name, steps.Run.Id);
        await using var file = Durable.Create(temporary);
        await using var hashing = new HashingStream(file);
        var dumped = await DumpAsync(dump, hashing, compress, steps, cancellationToken);
        var sha256 = hashing.Sha256();
        steps.Note(string.Create(CultureInfo.InvariantCulture, $"{hashing.Written:N0} bytes"));

        await steps.BeginAsync("Sync and read back", cancellationToken);
        await Durable.SyncAsync(file, cancellationToken);
        await ReadBackAsync(temporary, sha256, cancellationToken);
        return new BackupManifest
        {
            Archive = name,
            Environment = environment.Name,
            Database = environment.Database.DatabaseNamespace.DatabaseName,
            ServerVersion = dump.ServerVersion,
            Consistency = dumped.Consistency,
            StartedAt = startedAt,
            FinishedAt = time.GetUtcNow(),
            RunId = steps.Run.Id,
            Actor = steps.Run.Actor,
            Reason = steps.Run.Reason,
            Bytes = hashing.Written,
            Sha256 = sha256,
            Collections = [.. dumped.Collections.Select(BackupCollection.Of)],
        };
    }

    private static async Task<DumpResult> DumpAsync(
        DatabaseDump dump, HashingStream destination, bool compress, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (!compress)
            return await dump.WriteAsync(destination, CopyReports.To(steps), cancellationToken);

        await using var gzip = new GzipArchiveStream(destination, leaveOpen: true);
        return await dump.WriteAsync(gzip, CopyReports.To(steps), cancellationToken);
    }

    /// <summary>A write that the disk took only in part reports success; what is read back does not.</summary>
    private static async Task ReadBackAsync(string path, string expected, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        if (actual != expected)
            throw new IOException($"'{path}' does not hold what was written to it (SHA-256 {actual[..12]}… instead of {expected[..12]}…): do not trust this disk");
    }

    /// <summary>Manifest, then archive, then pointer: a kill in between leaves no archive that is not whole and described.</summary>
    private async Task PublishAsync(string temporary, BackupManifest manifest, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Publish", cancellationToken, StepStop.Never);
        await steps.ConfirmLeaseAsync(cancellationToken);
        await Durable.WriteAsync(folder.ManifestPathOf(manifest.Archive), manifest.RunId, manifest.ToJson(), cancellationToken);
        await Durable.PublishAsync(temporary, folder.PathOf(manifest.Archive));
        if (manifest.Archive.EndsWith(".gz", StringComparison.Ordinal))
            await Durable.PointAsync(folder.LatestPathOf(manifest.Environment), manifest.RunId, manifest.Archive);
        steps.Fact("archive", folder.PathOf(manifest.Archive));
        steps.Fact("sha256", manifest.Sha256);
        steps.Fact("documents", manifest.Documents.ToString(CultureInfo.InvariantCulture));
        steps.Fact("bytes", manifest.Bytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Two backups within a second get two names, in the order of their beginning.</summary>
    private (string Name, DateTimeOffset At) ChooseName(string environment, bool compress)
    {
        for (var at = time.GetUtcNow(); ; at = at.AddSeconds(1))
        {
            var name = BackupFolder.NameOf(environment, at, compress);
            if (!File.Exists(folder.PathOf(name)))
                return (name, at);
        }
    }

    /// <summary>The watch of another machine cannot see this folder, so what interrupted runs left is looked for here as well.</summary>
    private async Task ClearLeftoversAsync(OperationSteps steps, CancellationToken cancellationToken)
    {
        // Listed first: a run that begins after that is not among the files, however late the database answers.
        var unfinished = folder.UnfinishedRuns();
        var active = await runs.ActiveIdsAsync(cancellationToken);
        foreach (var file in folder.Clear(runId => unfinished.Contains(runId) && !active.Contains(runId)))
            steps.Log($"Deleted {file}, left by an interrupted run.");
    }

    private string FreeSpace()
    {
        try
        {
            return string.Create(CultureInfo.InvariantCulture, $"The volume of {folder.Path} has {new DriveInfo(folder.Path).AvailableFreeSpace:N0} bytes free.");
        }
        catch (IOException)
        {
            return $"The volume of {folder.Path} does not tell its free space.";
        }
    }
}
