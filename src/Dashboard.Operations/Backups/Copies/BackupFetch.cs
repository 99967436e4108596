using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Files;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>Brings a backup that lies elsewhere out of a place for copies into this machine's folder, whole and proven to be that file, or not at all.</summary>
public sealed class BackupFetch(
    BackupFolder folder, BackupSource source, BackupHistory history, KnownManifests manifests, CopyPlan plan, CopyLooks looks, BackupCopier copier, BackupHolders holders, TimeProvider time)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>What a name means that is in this machine's folder in no form; null for what is here, for a path, and for what nobody knows.</summary>
    internal async Task<BackupEntry?> FindElsewhereAsync(string name, CancellationToken cancellationToken)
    {
        if (!BackupNames.IsArchive(name) || source.IsHere(name))
            return null;
        if (await history.FindAsync(name, cancellationToken) is { } told)
            return told.IsHere ? null : told;
        // Its records may be lost, or no dashboard may run that looks for it.
        await looks.LookAsync(atOnce: true, cancellationToken);
        return await history.FindAsync(name, cancellationToken) is { IsHere: false } found ? found : null;
    }

    /// <summary>Why it cannot be fetched, as a sentence that says where it lies and what to do; null when it can.</summary>
    internal string? WhyNot(BackupEntry entry)
    {
        var manifest = entry.Manifest;
        if (PlacesOf(entry).Count > 0)
            return VolumeSpace.WhyNoRoom(folder.Path, manifest.Bytes) is { } full ? $"{manifest.Archive} is not on this machine ({Environment.MachineName}) and cannot be fetched. {full}" : null;
        var copies = entry.CopiesThere is { Count: > 0 } unknown
            ? $"Its copy is in {string.Join(", ", unknown.Select(copy => copy.Place))}, which 'copies' of config/dashboard.json does not name"
            : entry.Copies.Select(copy => copy.Problem).OfType<string>().FirstOrDefault()?.TrimEnd('.') ?? "No place has a copy of it";
        return entry.Elsewhere is { Count: > 0 } others
            ? $"{manifest.Archive} lies on {string.Join(" and on ", others.Select(holder => holder.Told))} and not on this one ({Environment.MachineName}). {copies}: run the operation on that machine's command line, or configure 'copies', from which every machine can fetch it."
            : $"{manifest.Archive} lies on no machine any more. {copies}: name the place in 'copies' of config/dashboard.json, or take another backup.";
    }

    /// <summary>Where it would be fetched from, for a plan; null when it cannot be.</summary>
    internal FetchSource? SourceOf(BackupEntry entry) => PlacesOf(entry) is [var first, ..]
        ? new FetchSource(first.Name, entry.Manifest.Bytes, entry.CopiesThere.FirstOrDefault(copy => copy.Place == first.Name)?.ReadTook)
        : null;

    /// <summary>Opens the first copy that begins as an archive does, where it lies, to read its beginning, or all of it without keeping it.</summary>
    internal async Task<BackupOpening> OpenAsync(BackupEntry entry, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var place in PlacesOf(entry))
        {
            try
            {
                // Twice, as a copy is read forward only.
                await using (var tried = await OpenAsync(entry, place, cancellationToken))
                {
                    await using var reader = await ArchiveReader.OpenAsync(tried.Archive, leaveOpen: true, cancellationToken);
                }

                return BackupOpening.Opened(await OpenAsync(entry, place, cancellationToken));
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException)
            {
                problems.Add(Unread(entry, place, exception));
            }
        }

        return BackupOpening.Refused(string.Join(' ', problems.DefaultIfEmpty(WhyNot(entry) ?? string.Empty)));
    }

    private async Task<OpenBackup> OpenAsync(BackupEntry entry, BackupPlace place, CancellationToken cancellationToken)
    {
        var copy = await place.OpenAsync(entry.Manifest.Archive, cancellationToken) ?? throw new IOException("it is gone");
        try
        {
            return await source.OpenCopyAsync(copy, entry.Manifest, cancellationToken);
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    /// <summary>A step for each place that is tried, those that were read back first.</summary>
    /// <returns>Null when it is here; else what was wrong with each place.</returns>
    internal async Task<string?> FetchAsync(BackupEntry entry, OperationSteps steps, CancellationToken cancellationToken)
    {
        var archive = entry.Manifest.Archive;
        if (WhyNot(entry) is { } refusal)
            return refusal;
        var problems = new List<string>();
        foreach (var place in PlacesOf(entry))
        {
            await steps.BeginAsync($"Fetch {archive} from {place.Name}", cancellationToken);
            if (await TryFetchAsync(entry, place, steps, cancellationToken) is not { } problem)
                return null;
            steps.FailStep(problem);
            steps.Warn(problem);
            problems.Add(problem);
        }

        return $"{archive} could not be fetched: {string.Join(' ', problems)}";
    }

    private async Task<string?> TryFetchAsync(BackupEntry entry, BackupPlace place, OperationSteps steps, CancellationToken cancellationToken)
    {
        var manifest = entry.Manifest;
        var temporary = folder.TemporaryPathOf(manifest.Archive, steps.Run.Id);
        var began = time.GetTimestamp();
        try
        {
            folder.Prepare();
            var problem = await ReadAsync(manifest, place, temporary, steps, cancellationToken);
            await copier.RecordReadAsync(manifest, place, problem, time.GetElapsedTime(began), cancellationToken);
            if (problem is not null)
                return problem;
            if (await manifests.OfAsync([(manifest.Archive, manifest.Sha256)], cancellationToken) is not [var known])
                return $"The manifest of {manifest.Archive} was deleted meanwhile: it was pruned.";
            await Durable.WriteAsync(folder.ManifestPathOf(manifest.Archive), steps.Run.Id, known.Json, cancellationToken);
            await Durable.PublishAsync(temporary, folder.PathOf(manifest.Archive));
            steps.Note(string.Create(CultureInfo.InvariantCulture, $"{manifest.Bytes:N0} bytes, with the SHA-256 it was taken with"));
            await holders.TellAsync(cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unread(entry, place, exception);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Returns when the copy is on the disk under its temporary name; null when it is the file that was taken.</summary>
    private async Task<string?> ReadAsync(BackupManifest manifest, BackupPlace place, string temporary, OperationSteps steps, CancellationToken cancellationToken)
    {
        await using var copy = await place.OpenAsync(manifest.Archive, cancellationToken);
        if (copy is null)
            return BackupCopier.GoneFrom(manifest.Archive, place.Name);
        await using var file = Durable.Create(temporary);
        await using var hashing = new HashingStream(file);
        var buffer = new byte[BufferBytes];
        var pace = new FetchPace(manifest.Bytes, time);
        while (await copy.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (hashing.Written + read > manifest.Bytes)
                return string.Create(CultureInfo.InvariantCulture, $"The copy of {manifest.Archive} in {place.Name} is damaged: it has more than its {manifest.Bytes:N0} bytes.");
            await hashing.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            steps.Report(hashing.Written, manifest.Bytes, "bytes");
            if (pace.Tell(hashing.Written) is { } left)
                steps.Note(left);
        }

        if (hashing.Written < manifest.Bytes)
            return string.Create(CultureInfo.InvariantCulture, $"The copy of {manifest.Archive} in {place.Name} is damaged: it has {hashing.Written:N0} of its {manifest.Bytes:N0} bytes.");
        var sha256 = hashing.Sha256();
        if (sha256 != manifest.Sha256)
            return BackupCopier.Exchanged(manifest, place.Name, sha256);
        await Durable.SyncAsync(file, cancellationToken);
        return null;
    }

    /// <summary>Those whose copy was read back first, else in the order of config/dashboard.json.</summary>
    private List<BackupPlace> PlacesOf(BackupEntry entry)
    {
        var there = entry.CopiesThere.ToDictionary(copy => copy.Place, StringComparer.Ordinal);
        return [.. plan.Places.Where(place => there.ContainsKey(place.Name)).OrderByDescending(place => there[place.Name].IsGood)];
    }

    private static string Unread(BackupEntry entry, BackupPlace place, Exception exception) =>
        $"The copy of {entry.Manifest.Archive} in {place.Name} cannot be read: {exception.Message.TrimEnd('.')}.";
}

/// <summary>Where a backup that is not here would be fetched from.</summary>
/// <param name="Expected">How long the copy took to read the last time; null when nobody knows.</param>
internal sealed record FetchSource(string Place, long Bytes, TimeSpan? Expected)
{
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture, $"fetches {Bytes:N0} bytes from {Place} first{(Expected is { } took ? $", about {Math.Ceiling(took.TotalSeconds):0} s by the last time" : string.Empty)}");
}
