using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>Takes one backup up the ladder and writes every rung, reached or failed, into the ledger.</summary>
public sealed class BackupVerification(BackupSource source, BackupLedger ledger, TimeProvider time)
{
    /// <summary>The whole archive, without a server.</summary>
    /// <returns>What is wrong with the backup, as a sentence; null when nothing is.</returns>
    /// <exception cref="IOException">The disk does not give it out: not the backup's fault.</exception>
    public async Task<string?> ProveArchiveAsync(BackupEntry entry, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync($"Read {entry.Manifest.Archive}", cancellationToken);
        var began = time.GetTimestamp();
        var opening = await source.OpenAsync(entry.Manifest.Archive, allowOutside: false, cancellationToken);
        if (opening.Backup is not { } backup)
            throw new IOException(opening.Refusal);
        await using (backup)
        {
            var finding = await ArchiveProver.ProveAsync(backup, (done, total) => steps.Report(done, total, "bytes"), cancellationToken);
            await ledger.AddAsync(steps.Run, entry.Manifest, BackupRung.ArchiveProven, time.GetElapsedTime(began), finding.Evidence, finding.Problem, cancellationToken);
            return Tell(steps, finding.Evidence, finding.Problem);
        }
    }

    /// <summary>Restores into a scratch database on the environment's server and compares that with the manifest; the scratch database is dropped in any case.</summary>
    /// <returns>What is wrong with the backup, as a sentence that names the collection, or why it was not tried; null when nothing is.</returns>
    /// <param name="allowLittleRoom">Also where the server tells that it has less room than it may need.</param>
    /// <exception cref="CopyException">The server did not take it: not the backup's fault.</exception>
    public async Task<string?> RestoreAndCompareAsync(TargetEnvironment environment, BackupEntry entry, bool allowLittleRoom, OperationSteps steps, CancellationToken cancellationToken)
    {
        var scratch = new ScratchDatabase(environment.Database, steps.Run.Id);
        try
        {
            await steps.BeginAsync($"Restore into {scratch.Name}", cancellationToken);
            await scratch.DropAsync(cancellationToken);
            if (await WhyNoRoomAsync(environment, entry, allowLittleRoom, steps, cancellationToken) is { } tooLittle)
                return Tell(steps, string.Empty, tooLittle);
            var (loaded, problem) = await RestoreAsync(scratch, entry, steps, cancellationToken);
            return loaded is null ? problem : await CompareAsync(scratch, loaded, entry, steps, cancellationToken);
        }
        finally
        {
            // Also when the run was cancelled: nothing of it may stay on the server.
            await scratch.DropAsync(CancellationToken.None);
        }
    }

    /// <summary>Asked before a live server's volume is filled to its end for the sake of a proof.</summary>
    private static async Task<string?> WhyNoRoomAsync(TargetEnvironment environment, BackupEntry entry, bool allowed, OperationSteps steps, CancellationToken cancellationToken)
    {
        var room = await ServerRoom.AskAsync(environment.Database, ServerRoom.NeededFor(entry.Manifest, entry.FileBytes), cancellationToken);
        if (room.IsTooLittle && !allowed)
            return $"{entry.Manifest.Archive} was not restored for proof, which says nothing about it: {room.Said} Make room there, or say allowLittleRoom if you know that it takes less.";
        if (room.IsTooLittle)
            steps.Warn($"{room.Said} allowLittleRoom was said.");
        else
            steps.Log(room.Said);
        return null;
    }

    private async Task<(LoadResult? Loaded, string? Problem)> RestoreAsync(ScratchDatabase scratch, BackupEntry entry, OperationSteps steps, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var opening = await source.OpenAsync(entry.Manifest.Archive, allowOutside: false, cancellationToken);
        if (opening.Backup is not { } backup)
            throw new IOException(opening.Refusal);
        await using (backup)
        {
            LoadResult? loaded = null;
            string? problem = null;
            try
            {
                loaded = await scratch.LoadAsync(backup, CopyReports.To(steps), cancellationToken);
            }
            catch (Exception exception) when (exception is CopyException { IsArchiveAtFault: true } or ArchiveException or BackupDecryptionException)
            {
                problem = $"{entry.Manifest.Archive} does not restore: {exception.Message.TrimEnd('.')}.";
            }

            var evidence = loaded is null ? "The restore ended half-way." : string.Create(
                CultureInfo.InvariantCulture,
                $"Restored {loaded.Collections.Count} collections, {loaded.Collections.Sum(one => one.Totals.Documents):N0} documents, {loaded.Collections.Sum(one => one.Source.Indexes.Count)} indexes into {scratch.Name}.");
            await ledger.AddAsync(steps.Run, entry.Manifest, BackupRung.Restored, time.GetElapsedTime(began), evidence, problem, cancellationToken);
            return (loaded, Tell(steps, evidence, problem));
        }
    }

    private async Task<string?> CompareAsync(ScratchDatabase scratch, LoadResult loaded, BackupEntry entry, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Compare with the manifest", cancellationToken);
        var began = time.GetTimestamp();
        var compared = await scratch.CompareAsync(loaded, entry.Manifest, CopyReports.To(steps), cancellationToken);
        var differences = compared.SelectMany(collection => collection.Differences).ToList();
        var problem = differences.Count == 0
            ? null
            : $"{entry.Manifest.Archive} does not restore to what was dumped: {string.Join(" ", differences.Take(3))}{(differences.Count > 3 ? $" And {differences.Count - 3} more." : string.Empty)}";
        var evidence = string.Create(
            CultureInfo.InvariantCulture,
            $"{compared.Count(collection => collection.IsEqual)} of {compared.Count} collections equal in number and content of {compared.Sum(collection => collection.Documents):N0} documents, in indexes and options.");
        await ledger.AddAsync(steps.Run, entry.Manifest, BackupRung.Compared, time.GetElapsedTime(began), evidence, problem, cancellationToken);
        foreach (var difference in differences)
            steps.Error(difference);
        return Tell(steps, evidence, problem);
    }

    private static string? Tell(OperationSteps steps, string evidence, string? problem)
    {
        if (problem is null)
            steps.Note(evidence);
        else
            steps.FailStep(problem);
        return problem;
    }
}
