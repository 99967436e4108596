using System.Globalization;
using System.Text.Json;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// What pages, HTTP and operations read about backups: this folder's manifests, what other machines and places for copies have, the ledger and the copies
/// in one. One file is one entry, wherever it lies.
/// </summary>
public sealed class BackupHistory(
    BackupFolder folder, BackupKeys keys, BackupLedger ledger, BackupHolders holders, KnownManifests manifests, DashboardDatabase database, TimeProvider time)
{
    /// <summary>Newest first, of all kinds, of all machines. Reads no archive and asks no place: a damage that nobody has met yet is not seen here.</summary>
    public async Task<IReadOnlyList<BackupEntry>> ListAsync(string? environment, CancellationToken cancellationToken) =>
        MarkLastProven(await ReadAsync(environment, cancellationToken));

    /// <summary>What is in this machine's folder, and the last proven one of that: what may be deleted here is decided by what is here alone.</summary>
    public async Task<IReadOnlyList<BackupEntry>> ListHereAsync(string environment, CancellationToken cancellationToken) =>
        MarkLastProven([.. (await ReadAsync(environment, cancellationToken)).Where(entry => entry.IsHere)]);

    /// <summary>Null when neither this folder nor anything that others told has such an archive with a manifest that can be read.</summary>
    public async Task<BackupEntry?> FindAsync(string archive, CancellationToken cancellationToken) =>
        (folder.Find(archive)?.Environment ?? BackupNames.EnvironmentOf(archive)) is { } environment
            ? (await ListAsync(environment, cancellationToken)).FirstOrDefault(entry => entry.Manifest.Archive == archive)
            : null;

    /// <summary>What of a kind that can be restored some day is the newest and nothing speaks against; null when there is none.</summary>
    public async Task<BackupEntry?> NewestGoodAsync(string environment, CancellationToken cancellationToken) =>
        (await ListAsync(environment, cancellationToken)).FirstOrDefault(entry => entry is { IsGood: true, IsOurs: true } && entry.Manifest.IsRegular);

    private async Task<IReadOnlyList<BackupEntry>> ReadAsync(string? environment, CancellationToken cancellationToken)
    {
        var here = folder.List(environment);
        var names = here.Select(manifest => manifest.Archive).ToHashSet(StringComparer.Ordinal);
        var told = await holders.ElsewhereAsync(environment, cancellationToken);
        var copies = (await database.BackupCopies
            .Find(environment is null ? Builders<BackupCopy>.Filter.Empty : Builders<BackupCopy>.Filter.Eq(copy => copy.Environment, environment) | Builders<BackupCopy>.Filter.In(copy => copy.Archive, names))
            .Project<BackupCopy>(Builders<BackupCopy>.Projection.Exclude(copy => copy.Manifest))
            .ToListAsync(cancellationToken)).ToLookup(copy => copy.Archive, StringComparer.Ordinal);
        var elsewhere = told.Select(one => (one.Backup.Archive, one.Backup.Sha256))
            .Concat(copies.SelectMany(group => group).Where(copy => copy.IsThere).Select(copy => (copy.Archive, copy.Sha256)))
            .Where(file => !names.Contains(file.Archive)).DistinctBy(file => file.Archive, StringComparer.Ordinal).ToList();
        var known = await manifests.OfAsync(elsewhere, cancellationToken);
        var proofs = await ledger.OfAsync([.. names, .. known.Select(one => one.Manifest.Archive)], cancellationToken);
        return
        [
            .. here.Select(manifest => HereOf(manifest, [.. proofs[manifest.Archive]]))
                .Concat(known.Select(one => ElsewhereOf(one, [.. proofs[one.Manifest.Archive]]))).OfType<BackupEntry>()
                .Select(entry => entry with
                {
                    Copies = [.. copies[entry.Manifest.Archive]],
                    Elsewhere = [.. told.Where(one => one.Backup.Archive == entry.Manifest.Archive && one.Backup.Sha256 == entry.Manifest.Sha256).Select(one => one.Holder)],
                })
                .OrderByDescending(entry => entry.Manifest.FinishedAt),
        ];
    }

    /// <summary>The highest rung that the file of this SHA-256 has reached since it last failed one.</summary>
    internal static BackupRung? RungOf(string sha256, IReadOnlyList<BackupProof> proofs)
    {
        BackupRung? highest = null;
        foreach (var proof in proofs.Where(proof => proof.Sha256 == sha256))
            highest = !proof.Succeeded ? null : highest is { } so && so > proof.Rung ? so : proof.Rung;
        return highest;
    }

    /// <summary>A test backup may go any time, and a safety backup shows the data that somebody wanted to get away from: neither counts.</summary>
    internal static IReadOnlyList<BackupEntry> MarkLastProven(IReadOnlyList<BackupEntry> entries)
    {
        var last = entries.Where(entry => entry.IsProven && entry.Manifest.IsRegular).GroupBy(entry => entry.Manifest.Environment, StringComparer.Ordinal)
            .Select(group => group.MaxBy(entry => entry.Manifest.FinishedAt)?.Manifest.Archive).ToHashSet(StringComparer.Ordinal);
        return [.. entries.Select(entry => last.Contains(entry.Manifest.Archive) ? entry with { IsLastProven = true } : entry)];
    }

    /// <summary>Null when the archive has been deleted meanwhile.</summary>
    private BackupEntry? HereOf(BackupManifest manifest, IReadOnlyList<BackupProof> proofs)
    {
        var file = new FileInfo(folder.PathOf(manifest.Archive));
        return file.Exists ? EntryOf(manifest, file.Length, SignatureProblem(manifest, IsKnown(proofs)), proofs) : null;
    }

    private BackupEntry ElsewhereOf(KnownManifest known, IReadOnlyList<BackupProof> proofs) =>
        EntryOf(known.Manifest, known.Manifest.Bytes, keys.ProblemOf(known.Json, IsKnown(proofs)), proofs) with { IsHere = false };

    private static bool IsKnown(IReadOnlyList<BackupProof> proofs) => proofs.Any(proof => proof.Rung == BackupRung.Taken);

    private BackupEntry EntryOf(BackupManifest manifest, long fileBytes, string? signature, IReadOnlyList<BackupProof> proofs)
    {
        var (standing, problem) = Judge(manifest, fileBytes, signature, proofs);
        return new BackupEntry
        {
            Manifest = manifest,
            FileBytes = fileBytes,
            Age = time.GetUtcNow() - manifest.StartedAt,
            Standing = standing,
            Problem = problem,
            Rung = RungOf(manifest.Sha256, proofs),
            Proofs = proofs,
        };
    }

    private static (BackupStanding Standing, string? Problem) Judge(BackupManifest manifest, long fileBytes, string? signature, IReadOnlyList<BackupProof> proofs)
    {
        if (proofs.LastOrDefault(proof => proof.Rung == BackupRung.Taken) is { } taken && taken.Sha256 != manifest.Sha256)
            return (BackupStanding.Tampered, $"{manifest.Archive} was taken with the SHA-256 {taken.Sha256[..12]}…, and its manifest now says {Start(manifest.Sha256)}…: somebody exchanged them. Do not restore it.");
        if (signature is not null)
            return (BackupStanding.Tampered, $"The manifest of {manifest.Archive} cannot be believed: {signature}. Do not restore it.");
        if (proofs.LastOrDefault(proof => proof.Sha256 == manifest.Sha256) is { Problem: { } found })
            return (BackupStanding.Damaged, found);
        return fileBytes == manifest.Bytes
            ? (BackupStanding.Good, null)
            : (BackupStanding.Damaged, string.Create(CultureInfo.InvariantCulture, $"{manifest.Archive} has {fileBytes:N0} bytes and was written with {manifest.Bytes:N0}."));
    }

    private string? SignatureProblem(BackupManifest manifest, bool isKnown)
    {
        try
        {
            return keys.ProblemOf(File.ReadAllBytes(folder.ManifestPathOf(manifest.Archive)), isKnown);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return $"it cannot be read ({exception.Message})";
        }
    }

    private static string Start(string sha256) => sha256.Length > 12 ? sha256[..12] : sha256;
}
