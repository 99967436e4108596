using System.Globalization;
using System.Security.Cryptography;
using Dashboard.Operations.Faults;

namespace Dashboard.Operations.Backups;

/// <summary>Puts one backup into one place and reads it back from there: a copy counts only when it was seen to be equal.</summary>
public sealed class BackupCopier(BackupFolder folder, CopyRecords records, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Copies and records what came of it; a place that fails is a result, not an exception.</summary>
    /// <param name="owner">The id of the run or of the sweep that copies.</param>
    public async Task<BackupCopy> CopyAsync(BackupManifest manifest, BackupPlace place, string owner, CancellationToken cancellationToken)
    {
        var known = await records.WantAsync(manifest, place.Name, cancellationToken);
        try
        {
            await PutAsync(manifest, place, owner, cancellationToken);
            var (problem, took) = await ProblemOfAsync(manifest, place, cancellationToken);
            var manifestThere = await File.ReadAllBytesAsync(folder.ManifestPathOf(manifest.Archive), cancellationToken);
            return await RecordAsync(known with { Manifest = manifestThere, ReadTook = took }, problem is null ? CopyState.Good : CopyState.Damaged, problem, cancellationToken);
        }
        catch (IOException exception)
        {
            return await RecordAsync(known, CopyState.Missing, $"The copy of {manifest.Archive} to {place.Name} failed: {exception.Message.TrimEnd('.')}.", cancellationToken);
        }
    }

    /// <summary>Reads a copy back as it lies there and records what was found; a place that cannot be reached leaves the record as it is.</summary>
    /// <returns>What is wrong with it, or why nobody can tell; null when it is right.</returns>
    public async Task<string?> VerifyAsync(BackupManifest manifest, BackupPlace place, CancellationToken cancellationToken)
    {
        try
        {
            var (problem, took) = await ProblemOfAsync(manifest, place, cancellationToken);
            await RecordReadAsync(manifest, place, problem, took, cancellationToken);
            return problem;
        }
        catch (IOException exception)
        {
            return $"The copy of {manifest.Archive} in {place.Name} cannot be read: {exception.Message.TrimEnd('.')}.";
        }
    }

    /// <summary>Records what a complete reading of a copy found, whoever read it.</summary>
    internal async Task RecordReadAsync(BackupManifest manifest, BackupPlace place, string? problem, TimeSpan took, CancellationToken cancellationToken)
    {
        var known = await records.WantAsync(manifest, place.Name, cancellationToken);
        await RecordAsync(known with { Failures = 0, ReadTook = took }, problem is null ? CopyState.Good : CopyState.Damaged, problem, cancellationToken);
    }

    /// <summary>The archive before the manifest goes: whoever looks in between finds no archive that nothing describes.</summary>
    public async Task DeleteAsync(string archive, BackupPlace place, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.FileDeletes, $"{place.Name}/{archive}");
        await place.DeleteAsync(archive, cancellationToken);
        await place.DeleteAsync(archive + BackupNames.ManifestEnding, cancellationToken);
        await Failpoints.HitAsync(Failpoints.FileDeleted, $"{place.Name}/{archive}");
        await records.ForgetAsync(archive, place.Name, cancellationToken);
    }

    /// <summary>The manifest first, as in the backup folder: an archive of its final name is described.</summary>
    private async Task PutAsync(BackupManifest manifest, BackupPlace place, string owner, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.CopyPuts, $"{place.Name}/{manifest.Archive}");
        await place.PutAsync(manifest.Archive + BackupNames.ManifestEnding, folder.ManifestPathOf(manifest.Archive), owner, cancellationToken);
        await place.PutAsync(manifest.Archive, folder.PathOf(manifest.Archive), owner, cancellationToken);
        await Failpoints.HitAsync(Failpoints.CopyPut, $"{place.Name}/{manifest.Archive}");
    }

    private async Task<(string? Problem, TimeSpan Took)> ProblemOfAsync(BackupManifest manifest, BackupPlace place, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        await using var stored = await place.OpenAsync(manifest.Archive, cancellationToken);
        if (stored is null)
            return (GoneFrom(manifest.Archive, place.Name), TimeSpan.Zero);
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, cancellationToken));
        return (sha256 == manifest.Sha256 ? null : Exchanged(manifest, place.Name, sha256), time.GetElapsedTime(began));
    }

    internal static string GoneFrom(string archive, string place) => $"The copy of {archive} is gone from {place}.";

    internal static string Exchanged(BackupManifest manifest, string place, string sha256) =>
        $"The copy of {manifest.Archive} in {place} is damaged: its SHA-256 is {sha256[..12]}… and should be {manifest.Sha256[..12]}….";

    private Task<BackupCopy> RecordAsync(BackupCopy known, CopyState state, string? problem, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var failures = state == CopyState.Good ? 0 : known.Failures + 1;
        return records.SaveAsync(
            known with
            {
                State = state,
                Problem = problem,
                Failures = failures,
                VerifiedAt = state == CopyState.Good ? now : known.VerifiedAt,
                NextTryAt = state == CopyState.Good ? null : now + PauseAfter(failures),
            },
            cancellationToken);
    }

    /// <summary>1, 2, 4 … minutes, an hour at the most.</summary>
    internal static TimeSpan PauseAfter(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Clamp(failures - 1, 0, 10)));

    /// <summary>What a run says about it.</summary>
    public static string SentenceOf(BackupCopy copy) => copy.IsGood
        ? $"Copied to {copy.Place} and read back."
        : string.Create(CultureInfo.InvariantCulture, $"{copy.Problem} It is tried again from {copy.NextTryAt:HH:mm} UTC on.");
}
