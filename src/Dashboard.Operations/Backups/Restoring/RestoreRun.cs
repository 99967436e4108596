using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>A restore from its beginning to its end. Until the swap every failure leaves the live database untouched and nothing beside it.</summary>
public sealed class RestoreRun(
    RestoreScopes scopes, RestoreChecks checks, RestoreJournal journal, RestoreRecovery recovery, BackupWriter writer, BackupLedger ledger, MaintenanceSweep maintenance, TimeProvider time)
{
    /// <summary>Brings the archive onto this machine, which changes nothing yet; a caller that stops the application first calls it before.</summary>
    /// <returns>Why it could not be brought; null when it need not be, or is here.</returns>
    internal Task<string?> FetchAsync(RestoreBackup.Request request, OperationSteps steps, CancellationToken cancellationToken) => scopes.FetchAsync(request, steps, cancellationToken);

    internal async Task<OperationResult> RunAsync(RestoreBackup.Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (await FetchAsync(request, steps, cancellationToken) is { } absent)
            return OperationResult.Failure($"{absent} Nothing was changed.");
        await steps.BeginAsync("Look at the archive and the database", cancellationToken);
        var outside = steps.Run.Door == Door.CommandLine;
        var (scope, refusal) = await scopes.ReadAsync(request, steps.Run.Environment, outside, cancellationToken);
        if (scope is null)
            return OperationResult.Failure($"{refusal?.Why} Nothing was changed.");
        steps.Fact("restored-archive", scope.Archive);
        steps.Fact("target-database", scope.Target);
        await FinishEarlierAsync(scope, steps, cancellationToken);

        var (safety, problem) = await SaveAsync(scope, steps, cancellationToken);
        if (problem is not null)
            return OperationResult.Failure($"There is no safety backup, so nothing was changed. {problem}");
        var record = new RestoreRecord
        {
            Id = steps.Run.Id,
            Environment = scope.Environment.Name,
            Database = scope.Target,
            Server = await RestoreServer.AskAsync(scope.Database.Client, cancellationToken),
            Archive = scope.Archive,
            SafetyBackup = safety?.Archive,
            State = RestoreState.Loading,
            Direct = scope.Direct,
            BegunAt = time.GetUtcNow(),
        };
        return await GuardAsync(record, () => LoadAndSwapAsync(scope, request, record, steps, outside, cancellationToken), steps, cancellationToken);
    }

    private async Task FinishEarlierAsync(RestoreScope scope, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (scope.Unfinished.Count == 0)
            return;
        await steps.BeginAsync("Finish what an earlier restore left", cancellationToken, StepStop.AfterStep);
        foreach (var record in scope.Unfinished)
            steps.Log($"The restore {record.Told}: {await recovery.FinishAsync(record, steps.ConfirmLeaseAsync, steps.Log, cancellationToken)}.");
    }

    /// <summary>Decided by what is there, never by a label.</summary>
    private async Task<(BackupManifest? Manifest, string? Problem)> SaveAsync(RestoreScope scope, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (!(await DatabaseLook.AtAsync(scope.Database, names: null, cancellationToken)).Live.Any())
        {
            steps.Log($"'{scope.Target}' has no collections; there is nothing to save.");
            return (null, null);
        }

        var task = new BackupTask(scope.Environment, scope.Database, BackupKind.Safety, Compress: true, Verify: true);
        var outcome = await writer.WriteAsync(task, steps, cancellationToken);
        return (outcome.Manifest, outcome.Problem);
    }

    private async Task<OperationResult> LoadAndSwapAsync(
        RestoreScope scope, RestoreBackup.Request request, RestoreRecord record, OperationSteps steps, bool outside, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        await steps.BeginAsync("Restore beside the live data", cancellationToken);
        // The safety backup may have taken of it since the plan was looked at.
        var room = await ServerRoom.AskAsync(scope.Database, ServerRoom.NeededFor(scope.Manifest, scope.Bytes), cancellationToken);
        if (room.IsTooLittle && !request.AllowLittleRoom)
            return OperationResult.Failure($"{room.Said} Nothing was changed. Make room, or say allowLittleRoom if you know that it takes less.");
        steps.Log(room.Said);
        await journal.InsertAsync(record, cancellationToken);
        await steps.ConfirmLeaseAsync(cancellationToken);
        var (loaded, sha256) = await LoadAsync(scope, record.Id, steps, outside, cancellationToken);
        if (await WhyNotThatFileAsync(scope, request, sha256, cancellationToken) is { } exchanged)
            return await GiveUpAsync(record, exchanged, steps, cancellationToken);

        await steps.BeginAsync("Compare", cancellationToken);
        var differences = await RestoreComparison.CompareAsync(scope, loaded, request.Verify, steps, cancellationToken);
        if (differences.Count > 0)
            return await GiveUpAsync(record, $"What was loaded is not what it should be: {string.Join(' ', differences.Take(5))}", steps, cancellationToken);
        steps.Fact("restored-sha256", sha256);
        await AddProofsAsync(scope, request, sha256, time.GetElapsedTime(began), steps, cancellationToken);
        var proven = record with { State = RestoreState.Proven, Sha256 = sha256, LoadingTook = time.GetElapsedTime(began) };
        return await journal.MoveAsync(proven, RestoreState.Loading, cancellationToken)
            ? await SwapAsync(scope, proven, loaded, steps, cancellationToken)
            : throw new LeaseLostException($"Run {record.Id} was given up while its process was away; the live database is as it was.");
    }

    /// <summary>A restore proves its backup as a verification does.</summary>
    private async Task AddProofsAsync(RestoreScope scope, RestoreBackup.Request request, string sha256, TimeSpan took, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (scope is not { Entry: not null, Manifest: { } manifest } || manifest.Sha256 != sha256)
            return;
        await ledger.AddAsync(steps.Run, manifest, BackupRung.Restored, took, $"Restored beside the live data of '{scope.Target}'.", problem: null, cancellationToken);
        if (request.Verify)
            await ledger.AddAsync(steps.Run, manifest, BackupRung.Compared, took, $"Counts, content, indexes and options of '{scope.Target}' are those of the archive.", problem: null, cancellationToken);
    }

    private async Task<(LoadResult Loaded, string Sha256)> LoadAsync(
        RestoreScope scope, string runId, OperationSteps steps, bool outside, CancellationToken cancellationToken)
    {
        var opening = await scopes.OpenAsync(scope, outside, cancellationToken);
        if (opening.Backup is not { } backup)
            throw new IOException(opening.Refusal);
        await using (backup)
        {
            await using var reader = await ArchiveReader.OpenAsync(backup.Archive, leaveOpen: true, cancellationToken);
            var options = new LoadOptions
            {
                NameOf = one => scope.LoadNameOf(one, runId),
                Expected = CollectionSize.Of(scope.Manifest),
            };
            try
            {
                var loaded = await DatabaseLoad.RunAsync(reader, scope.Database, options, CopyReports.To(steps), cancellationToken);
                return (loaded, await backup.Sha256ToEndAsync(cancellationToken));
            }
            catch (ArchiveException damage) when (scope is { Entry: not null, Manifest: not null })
            {
                // Nobody shall believe in it again.
                await ledger.AddAsync(steps.Run, scope.Manifest, BackupRung.ArchiveProven, TimeSpan.Zero, "Read by a restore.", $"{scope.Archive} is damaged: {damage.Message.TrimEnd('.')}.", cancellationToken);
                throw;
            }
        }
    }

    /// <summary>The file that was read is the one that was taken and proven, or the person said that it need not be.</summary>
    private async Task<string?> WhyNotThatFileAsync(RestoreScope scope, RestoreBackup.Request request, string sha256, CancellationToken cancellationToken)
    {
        if (request.AllowUnproven)
            return null;
        var proven = await checks.ProvenSha256Async(scope, cancellationToken);
        return proven == sha256 && (scope.Manifest is null || scope.Manifest.Sha256 == sha256)
            ? null
            : $"{scope.Archive} is not the file that was proven: its SHA-256 is {sha256[..12]}… and should be {(proven ?? scope.Manifest?.Sha256)?[..12] ?? "known"}…. Take another backup.";
    }

    private async Task<OperationResult> SwapAsync(RestoreScope scope, RestoreRecord proven, LoadResult loaded, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Swap", cancellationToken, StepStop.Never);
        try
        {
            await loaded.FinishAsync(cancellationToken);
            var look = await DatabaseLook.AtAsync(scope.Database, names: null, cancellationToken);
            var names = SwapNames.Of(look, scope.After).Where(name => !scope.Direct.Contains(name.Name, StringComparer.Ordinal)).ToList();
            if (WhyNotSwappable(proven, names, look) is { } reason)
                return await GiveUpAsync(proven, reason, steps, cancellationToken);
            await steps.ConfirmLeaseAsync(cancellationToken);
            var swap = new RestoreSwap(journal, time);
            var swapping = await swap.BeginAsync(proven, names, cancellationToken);
            using var patience = new StopPatience(cancellationToken);
            var swapped = await swap.ForwardAsync(scope.Database, swapping, scope.Environment.Settings.BackupKeepBefore, steps.ConfirmLeaseAsync, steps.Log, patience.Token);
            await maintenance.TellAsync(scope.Environment, scope.Database, steps, patience.Token);
            return Swapped(swapped, loaded, steps);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            // Whether the record says that the swap has begun is not known here; whoever recovers the run reads it.
            throw new UnfinishedException($"The database stopped answering at the swap ({exception.GetBaseException().Message.TrimEnd('.')}).", exception);
        }
    }

    /// <summary>The world may have changed since the plan: the application may be running.</summary>
    private static string? WhyNotSwappable(RestoreRecord proven, IReadOnlyList<SwapName> names, DatabaseLook look)
    {
        if (names.Where(name => name.After == SwapKind.Collection).FirstOrDefault(name => look.KindOf(SwapNames.IncomingOf(proven, name.Name)) != SwapKind.Collection) is { } gone)
            return $"'{SwapNames.IncomingOf(proven, gone.Name)}', which was loaded and compared, is gone.";
        var stuck = names.FirstOrDefault(name => name.ChangesKind || !look.CanBeRenamed(name.Name));
        return stuck is null ? null : $"'{stuck.Name}' was made meanwhile, of a kind that cannot be moved aside. Stop the application, drop it and start again.";
    }

    private static OperationResult Swapped(RestoreRecord swapped, LoadResult loaded, OperationSteps steps)
    {
        steps.Fact("live-database", "entirely the new one");
        steps.Fact("kept-until", string.Create(CultureInfo.InvariantCulture, $"{swapped.ExpiresAt:O}"));
        return OperationResult.Success(string.Create(
            CultureInfo.InvariantCulture,
            $"The live database '{swapped.Database}' is entirely the new one: {loaded.Collections.Count} collections, {loaded.Collections.Sum(one => one.Totals.Documents):N0} documents of {swapped.Archive}. What was there before is kept until {swapped.ExpiresAt?.UtcDateTime:yyyy-MM-dd HH:mm} UTC; undo-restore with run {swapped.Id} brings it back.{(swapped.Strays.Count == 0 ? string.Empty : $" Made by somebody in the middle of the swap and kept: {string.Join(", ", swapped.Strays)}.")}"));
    }

    private async Task<OperationResult> GuardAsync(
        RestoreRecord record, Func<Task<OperationResult>> work, OperationSteps steps, CancellationToken stop)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or CopyException or UnauthorizedAccessException)
        {
            return await GiveUpAsync(record, $"{record.Archive} could not be restored: {exception.Message.TrimEnd('.')}.", steps, stop);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return await GiveUpAsync(record, $"The database stopped answering while the backup was loaded: {exception.GetBaseException().Message.TrimEnd('.')}. Start again when it is well.", steps, stop);
        }
        catch (Exception exception) when (exception is OperationCanceledException or LeaseLostException)
        {
            await ClearAsync(record.Id, steps, stop);
            throw;
        }
    }

    private async Task<OperationResult> GiveUpAsync(RestoreRecord record, string why, OperationSteps steps, CancellationToken stop)
    {
        steps.Fact("live-database", "entirely the old one");
        return OperationResult.Failure($"{why} The live database '{record.Database}' is entirely the old one.{await ClearAsync(record.Id, steps, stop)}");
    }

    /// <summary>What cannot be cleared away now is cleared by the watch, by the next restore, or by prune-backups.</summary>
    private async Task<string> ClearAsync(string runId, OperationSteps steps, CancellationToken stop)
    {
        using var patience = new StopPatience(stop);
        try
        {
            // Its state now: the swap may have begun, and then nothing is to be cleared.
            if (await journal.FindAsync(runId, patience.Token) is { State: RestoreState.Loading or RestoreState.Proven or RestoreState.Abandoned } record)
                await recovery.AbandonAsync(record, _ => Task.CompletedTask, steps.ConfirmLeaseAsync, patience.Token);
            return string.Empty;
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || exception is OperationCanceledException or LeaseLostException or UnfinishedException)
        {
            steps.Warn($"What was loaded beside could not be dropped now ({exception.GetBaseException().Message}); the next restore or prune-backups drops it.");
            return " What was loaded beside is still there; the next restore or prune-backups drops it.";
        }
    }
}
