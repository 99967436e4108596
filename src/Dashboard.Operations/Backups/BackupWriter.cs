using System.Globalization;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Files;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Backups;

/// <summary>
/// The one producer of backups, for create-backup and for the safety backup of whatever changes data. The archive gets its name only when it
/// is whole, synced, read back and in the ledger, and its manifest stands beside it already: its appearance is the one moment from which the backup exists.
/// </summary>
public sealed class BackupWriter(BackupFolder folder, BackupKeys keys, BackupSource source, BackupLedger ledger, BackupHolders holders, RunStore runs, RestoreJournal restores, TimeProvider time)
{
    /// <summary>Begins steps of its own; expected failures are outcomes. Nothing is left behind but the backup, unless the process is killed: then <see cref="Clear"/>.</summary>
    public async Task<BackupOutcome> WriteAsync(BackupTask task, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            return await TryWriteAsync(task, steps, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return BackupOutcome.Failed($"The backup could not be written: {exception.Message.TrimEnd('.')}. {VolumeSpace.Sentence(folder.Path)} Earlier backups are untouched.");
        }
        catch (CopyException exception)
        {
            return BackupOutcome.Failed($"No backup was made. {exception.Message}");
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return BackupOutcome.Failed(
                $"The database of {task.Environment.Name} stopped answering while it was read: {exception.GetBaseException().Message.TrimEnd('.')}. No backup was made; check the database's health and start again.");
        }
    }

    /// <summary>Deletes what a killed run left half-written; for the RecoverAsync of each operation that writes backups.</summary>
    /// <returns>What was deleted, as part of a sentence; null when there was nothing.</returns>
    public string? Clear(string runId)
    {
        var cleared = folder.Clear(id => id == runId);
        return cleared.Count == 0 ? null : $"deleted {string.Join(", ", cleared)}";
    }

    private async Task<BackupOutcome> TryWriteAsync(BackupTask task, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync(Title(task, "Look at the database"), cancellationToken);
        folder.Prepare();
        await ClearLeftoversAsync(steps, cancellationToken);
        if (await WhyHalfAsync(task, cancellationToken) is { } half)
            return BackupOutcome.Failed(half);
        var dump = await DatabaseDump.PrepareAsync(task.Database, new DumpOptions(), cancellationToken);
        if (dump.Collections == 0)
            return BackupOutcome.NothingThere($"The database '{task.Database.DatabaseNamespace.DatabaseName}' of {task.Environment.Name} has no collections; check its name in config/dashboard.json.");
        if (WhyTooSmall(task) is { } refusal)
            return BackupOutcome.Failed(refusal);
        steps.Note(string.Create(CultureInfo.InvariantCulture, $"{dump.Collections} collections, about {dump.ExpectedDocuments:N0} documents"));
        try
        {
            return await WriteAsync(task, dump, steps, cancellationToken);
        }
        catch (CopyException forgotten) when (forgotten.IsSnapshotTooOld)
        {
            // It would fail the next time as well: a database of this size has no backup at all, or one like this.
            steps.FailStep("The server no longer keeps the moment that was read.");
            steps.Warn($"{forgotten.Message} It is now read anew, collection by collection: each is whole in itself, and not all are of one moment.");
            var anew = await DatabaseDump.PrepareAsync(task.Database, new DumpOptions { Consistency = Consistency.PerCollection }, cancellationToken);
            return await WriteAsync(task, anew, steps, cancellationToken);
        }
    }

    private async Task<BackupOutcome> WriteAsync(BackupTask task, DatabaseDump dump, OperationSteps steps, CancellationToken cancellationToken)
    {
        var draft = await BackupDraft.BeginAsync(task, dump, keys, folder, holders, steps, time, cancellationToken);
        try
        {
            var manifest = await draft.WriteAsync(cancellationToken);
            await ReadBackAsync(task, draft, manifest, steps, cancellationToken);
            if (await WhyNotRecordedAsync(draft, manifest, steps, cancellationToken) is { } problem)
                return BackupOutcome.Failed(problem);
            await PublishAsync(draft, manifest, steps, cancellationToken);
            await TellAsync(steps, cancellationToken);
            return BackupOutcome.Made(manifest);
        }
        finally
        {
            File.Delete(draft.TemporaryPath);
            File.Delete(draft.TemporaryManifestPath);
        }
    }

    internal static string Title(BackupTask task, string title) =>
        task.Kind == BackupKind.Safety ? $"Safety backup: {char.ToLowerInvariant(title[0])}{title[1..]}" : title;

    /// <summary>A write that the disk took only in part reports success; what is read back does not. With verification the whole archive is proven in the same pass.</summary>
    private async Task ReadBackAsync(BackupTask task, BackupDraft draft, BackupManifest manifest, OperationSteps steps, CancellationToken cancellationToken)
    {
        var proves = task.Verify ?? task.Environment.Settings.BackupVerifyIntegrity;
        await steps.BeginAsync(Title(task, proves ? "Read back and prove" : "Read back"), cancellationToken);
        var began = time.GetTimestamp();
        await using var backup = await source.OpenDraftAsync(draft.TemporaryPath, manifest, cancellationToken);
        if (!proves)
        {
            var sha256 = await backup.Sha256ToEndAsync(cancellationToken);
            if (sha256 != manifest.Sha256)
                throw new IOException($"'{backup.Path}' does not hold what was written to it (SHA-256 {sha256[..12]}… instead of {manifest.Sha256[..12]}…): do not trust this disk");
            return;
        }

        var finding = await ArchiveProver.ProveAsync(backup, (done, total) => steps.Report(done, total, "bytes"), cancellationToken);
        if (finding.Problem is { } problem)
            throw new IOException($"{problem.TrimEnd('.')}: what was written to '{backup.Path}' is not what lies there; do not trust this disk");
        steps.Note(finding.Evidence);
        draft.Proven = (finding.Evidence, time.GetElapsedTime(began));
    }

    /// <summary>The ledger knows the backup before it has its name, so that whatever has a name and is not known was not made here.</summary>
    private async Task<string?> WhyNotRecordedAsync(BackupDraft draft, BackupManifest manifest, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync(Title(draft.Task, "Publish"), cancellationToken, StepStop.Never);
        try
        {
            await steps.ConfirmLeaseAsync(cancellationToken);
            await ledger.AddAsync(steps.Run, manifest, BackupRung.Taken, draft.Taken, Evidence(manifest), problem: null, cancellationToken);
            if (draft.Proven is var (evidence, duration))
                await ledger.AddAsync(steps.Run, manifest, BackupRung.ArchiveProven, duration, evidence, problem: null, cancellationToken);
            return null;
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return $"The dashboard's own database did not take the record of the backup: {exception.GetBaseException().Message.TrimEnd('.')}. No backup was made; start again when it answers.";
        }
    }

    /// <summary>Manifest, archive, pointer: a kill in between leaves no archive that is not whole and described.</summary>
    private async Task PublishAsync(BackupDraft draft, BackupManifest manifest, OperationSteps steps, CancellationToken cancellationToken)
    {
        await Durable.WriteAsync(folder.ManifestPathOf(manifest.Archive), manifest.RunId, keys.Sign(manifest), cancellationToken);
        await Durable.PublishAsync(draft.TemporaryPath, folder.PathOf(manifest.Archive));
        if (manifest.IsRegular)
            await PointAsync(manifest, draft.IsCompressed);
        var prefix = manifest.Kind == BackupKind.Safety ? "safety-" : string.Empty;
        steps.Fact($"{prefix}archive", folder.PathOf(manifest.Archive));
        steps.Fact($"{prefix}sha256", manifest.Sha256);
        steps.Fact($"{prefix}documents", manifest.Documents.ToString(CultureInfo.InvariantCulture));
        steps.Fact($"{prefix}bytes", manifest.Bytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The backup is there already, so other machines may as well learn of it half a minute later.</summary>
    private async Task TellAsync(OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            await holders.TellAsync(cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || exception is IOException or UnauthorizedAccessException)
        {
            steps.Log($"Other machines could not be told of it now ({exception.GetBaseException().Message.TrimEnd('.')}); a serving dashboard tells them.");
        }
    }

    /// <summary>The links of other forms go first: after a kill in between there is none, rather than one that leads to an older backup.</summary>
    private async Task PointAsync(BackupManifest manifest, bool compressed)
    {
        var link = folder.LatestPathOf(manifest.Environment, manifest.IsEncrypted, compressed);
        foreach (var other in folder.LatestPathsOf(manifest.Environment).Where(other => other != link && new FileInfo(other).LinkTarget is not null))
            await Durable.DeleteAsync(other);
        await Durable.PointAsync(link, manifest.RunId, manifest.Archive);
    }

    /// <summary>In the middle of a swap a database is neither the old nor the new one, and a backup of it would be of no state that ever was.</summary>
    private async Task<string?> WhyHalfAsync(BackupTask task, CancellationToken cancellationToken)
    {
        var unfinished = await restores.UnfinishedAsync(task.Environment.Name, task.Database, cancellationToken);
        return unfinished.FirstOrDefault(record => record.State == RestoreState.Swapping) is { } swapping
            ? $"The restore {swapping.Told} stopped in the middle of its swap. It is finished by itself within a minute while a dashboard runs, or by the next restore; start again then."
            : null;
    }

    private string? WhyTooSmall(BackupTask task)
    {
        var name = task.Database.DatabaseNamespace.DatabaseName;
        var last = folder.List(task.Environment.Name).FirstOrDefault(manifest => manifest.Database == name);
        return last is null ? null : VolumeSpace.WhyTooSmall(folder.Path, last.Bytes);
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

    private static string Evidence(BackupManifest manifest) => string.Create(
        CultureInfo.InvariantCulture,
        $"{manifest.Collections.Count} collections, {manifest.Documents:N0} documents, {manifest.Bytes:N0} bytes in the file; SHA-256 {manifest.Sha256}.");
}
