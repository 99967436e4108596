using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Files;
using Dashboard.Operations.Running;
using MongoDB.Bson;

namespace Dashboard.Operations.Backups;

/// <summary>Finds what may go, by the same rule for prune-backups and for the end of create-backup, and lets it go.</summary>
public sealed class BackupPruning(
    BackupFolder folder, BackupHistory history, BackupHolders holders, EnvironmentRegistry environments, CopyPlan plan, CopyRecords records, BackupCopier copier, RunHistory runs, IEnumerable<IExpiredSets> expired, TimeProvider time)
{
    /// <summary>A sweep of another process may be writing a copy; its temporary name tells when it began.</summary>
    private static readonly TimeSpan CopyingTakes = TimeSpan.FromDays(1);

    /// <summary>
    /// Archives of this machine's folder beyond their time, with their copies; deletes nothing. Decided by what is here as if there were no other machine:
    /// what another one holds may keep a copy, and lets nothing go.
    /// </summary>
    public async Task<IReadOnlyList<PruneItem>> ArchivesAsync(string environment, bool testsToo, CancellationToken cancellationToken)
    {
        var settings = environments.Get(environment).Settings;
        var entries = await history.ListHereAsync(environment, cancellationToken);
        var inUse = await UseOfActiveRunsAsync(cancellationToken);
        var verdicts = RetentionRule.Judge(entries, settings, time.GetUtcNow(), inUse, folder.LatestTargets(environment), testsToo);
        return
        [
            .. verdicts.Where(verdict => verdict.Goes).OrderBy(verdict => verdict.Entry.Manifest.Archive, StringComparer.Ordinal).Select(ItemOf),
            .. await OrphanCopiesAsync(environment, entries, cancellationToken),
        ];
    }

    /// <summary>Everything that prune-backups lets go: archives, copies, leftovers, what restores set aside.</summary>
    public async Task<IReadOnlyList<PruneItem>> AllAsync(string environment, bool testsToo, CancellationToken cancellationToken)
    {
        var items = new List<PruneItem>(await ArchivesAsync(environment, testsToo, cancellationToken));
        items.AddRange(await LeftoversAsync(environment, cancellationToken));
        foreach (var source in expired)
        {
            items.AddRange((await source.ListAsync(environment, cancellationToken)).OrderBy(set => set.Name, StringComparer.Ordinal)
                .Select(set => new PruneItem($"Drop {set.Name}", set.Why, Bytes: 0, token => DoneAsync(source.DropAsync(set, token)))));
        }

        return items;
    }

    /// <summary>Deletes them one by one; what an active run has begun to use meanwhile stays, and what cannot be deleted keeps nothing else from going.</summary>
    public async Task<PruneOutcome> DeleteAsync(IReadOnlyList<PruneItem> items, OperationSteps steps, CancellationToken cancellationToken)
    {
        var outcome = PruneOutcome.None;
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (item.Archive is { } archive && (await UseOfActiveRunsAsync(cancellationToken))(archive))
            {
                steps.Log($"{archive} stays: a run that began meanwhile uses it.");
                continue;
            }

            await steps.ConfirmLeaseAsync(cancellationToken);
            outcome = await DeleteAsync(item, outcome, steps, cancellationToken);
            steps.Report(outcome.Gone.Count, items.Count, "deletions");
        }

        return outcome;
    }

    private static async Task<PruneOutcome> DeleteAsync(PruneItem item, PruneOutcome outcome, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            var warnings = await item.DeleteAsync(cancellationToken);
            steps.Log($"{item.What}: {item.Why}.");
            foreach (var warning in warnings)
                steps.Warn(warning);
            return outcome with { Gone = [.. outcome.Gone, item], Warnings = [.. outcome.Warnings, .. warnings] };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var problem = $"{item.What} failed: {exception.Message.TrimEnd('.')}.";
            steps.Warn(problem);
            return item.IsAtPlace ? outcome with { Warnings = [.. outcome.Warnings, problem] } : outcome with { Problems = [.. outcome.Problems, problem] };
        }
    }

    /// <summary>The archive before its manifest: what is left by a kill in between is a manifest alone, which the next pruning clears.</summary>
    private PruneItem ItemOf(RetentionVerdict verdict)
    {
        var archive = verdict.Entry.Manifest.Archive;

        // A copy goes with the last file: the machine that has another one may have it as the last proven, and count on the copy.
        var places = verdict.Entry.Elsewhere.Count > 0 ? [] : verdict.Entry.Copies.Select(copy => plan.Find(copy.Place)).OfType<BackupPlace>().ToList();
        var copies = places.Count == 0 ? string.Empty : $" and its copies in {string.Join(", ", places.Select(place => place.Name))}";
        return new PruneItem($"Delete {archive}{copies}", verdict.Why, verdict.Entry.FileBytes, DeleteAsync, archive);

        async Task<IReadOnlyList<string>> DeleteAsync(CancellationToken cancellationToken)
        {
            var warnings = new List<string>();
            foreach (var place in places)
            {
                if (await WhyCopyStaysAsync(archive, place, cancellationToken) is { } warning)
                    warnings.Add(warning);
            }

            await Durable.DeleteAsync(folder.PathOf(archive), folder.ManifestPathOf(archive));
            return warnings;
        }
    }

    /// <summary>A place that is down or forbids deletes keeps nothing else; the copy's record stays, so that the next pruning tries it again.</summary>
    private async Task<string?> WhyCopyStaysAsync(string archive, BackupPlace place, CancellationToken cancellationToken)
    {
        try
        {
            await copier.DeleteAsync(archive, place, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The copy of {archive} in {place.Name} could not be deleted: {exception.Message.TrimEnd('.')}. The next pruning tries it again.";
        }
    }

    private static async Task<IReadOnlyList<string>> DoneAsync(Task deletion)
    {
        await deletion;
        return [];
    }

    /// <summary>A copy whose archive is on no machine may be the last that there is: it stays until a newer backup is proven here.</summary>
    private async Task<IReadOnlyList<PruneItem>> OrphanCopiesAsync(string environment, IReadOnlyList<BackupEntry> entries, CancellationToken cancellationToken)
    {
        var settings = environments.Get(environment).Settings;
        if (entries.FirstOrDefault(entry => entry.IsLastProven) is not { } proven)
            return [];
        var items = new List<PruneItem>();
        var held = (await holders.ElsewhereAsync(environment, cancellationToken)).Select(one => one.Backup.Archive).ToHashSet(StringComparer.Ordinal);
        foreach (var place in plan.Places)
        {
            var orphans = (await records.OfPlaceAsync(place.Name, cancellationToken))
                .Where(copy => copy.Environment == environment && !held.Contains(copy.Archive) && !File.Exists(folder.PathOf(copy.Archive)))
                .Where(copy => time.GetUtcNow() - copy.WantedAt > RetentionRule.KeptFor(BackupNames.KindOf(copy.Archive), settings) && copy.WantedAt < proven.Manifest.StartedAt);
            items.AddRange(orphans.OrderBy(copy => copy.Archive, StringComparer.Ordinal).Select(copy => new PruneItem(
                $"Delete the copy of {copy.Archive} in {place.Name}", "its archive is gone and newer backups are proven", Bytes: 0, token => DoneAsync(copier.DeleteAsync(copy.Archive, place, token)), IsAtPlace: true)));
        }

        return items;
    }

    private async Task<IReadOnlyList<PruneItem>> LeftoversAsync(string environment, CancellationToken cancellationToken)
    {
        // Listed first: a run that begins after that is not among the files, however late the database answers.
        // Another environment's leftovers are another plan's: its runs come and go while this one is confirmed.
        var left = folder.Unfinished().Where(file => BackupNames.EnvironmentOf(file.Name) is not { } owner || owner == environment).ToList();
        var active = (await runs.ActiveAsync(cancellationToken)).Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
        var items = left.Where(file => !active.Contains(file.RunId)).OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new PruneItem($"Delete {file.Name}", $"left by the run {file.RunId}, which has ended", Bytes: 0, _ => DoneAsync(Durable.DeleteAsync(folder.PathOf(file.Name)))))
            .ToList();
        var before = time.GetUtcNow() - CopyingTakes;
        items.AddRange(plan.Places.Select(place => new PruneItem(
            $"Clear unfinished copies in {place.Name}", "begun more than a day ago", Bytes: 0, token => DoneAsync(place.ClearAsync(owner => IsGone(owner, active, before), token)), IsRoutine: true, IsAtPlace: true)));
        return items;
    }

    private static bool IsGone(string owner, HashSet<string> active, DateTimeOffset before) =>
        !active.Contains(owner) && ObjectId.TryParse(owner, out var id) && id.CreationTime < before.UtcDateTime;

    /// <summary>An archive counts as used when its name is anywhere in an active run's request or facts: that may keep one too many, never one too few.</summary>
    private async Task<Func<string, bool>> UseOfActiveRunsAsync(CancellationToken cancellationToken)
    {
        var texts = (await runs.ActiveAsync(cancellationToken)).SelectMany(run => run.Facts.Values.Append(run.Request)).ToList();
        return archive => texts.Exists(text => text.Contains(archive, StringComparison.Ordinal));
    }
}

/// <summary>One thing that may go.</summary>
/// <param name="What">The change, as a plan promises it.</param>
/// <param name="Why">What decided it, as part of a sentence.</param>
/// <param name="Bytes">Freed in the backup folder.</param>
/// <param name="Archive">The archive whose users matter; null for what no run can use.</param>
/// <param name="DeleteAsync">Returns warnings of what stayed although the thing went.</param>
/// <param name="IsRoutine">Done with the rest, and no reason for a plan by itself.</param>
/// <param name="IsAtPlace">Only in a place for copies, so that its failure is a warning.</param>
public sealed record PruneItem(
    string What, string Why, long Bytes, Func<CancellationToken, Task<IReadOnlyList<string>>> DeleteAsync, string? Archive = null, bool IsRoutine = false, bool IsAtPlace = false)
{
    public PlanStep Step => new(What, Bytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Why}; {Bytes:N0} bytes") : Why);
}

/// <summary>What came of a pruning.</summary>
/// <param name="Warnings">Sentences about copies that stayed where they are.</param>
/// <param name="Problems">Sentences about what stayed here.</param>
public sealed record PruneOutcome(IReadOnlyList<PruneItem> Gone, IReadOnlyList<string> Warnings, IReadOnlyList<string> Problems)
{
    private const int Told = 3;

    public static PruneOutcome None { get; } = new([], [], []);

    /// <summary>The first of what stayed, for the run's message; the run's log has all of it. Empty, or with a space before it.</summary>
    public string Left
    {
        get
        {
            var all = Problems.Concat(Warnings).ToList();
            var more = all.Count > Told ? string.Create(CultureInfo.InvariantCulture, $" And {all.Count - Told} more.") : string.Empty;
            return string.Concat(all.Take(Told).Select(sentence => " " + sentence)) + more;
        }
    }
}
