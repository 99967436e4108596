using System.Globalization;
using System.Text.Json;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>What pages, HTTP and operations read about backups: the folder's manifests, the ledger and the copies in one.</summary>
public sealed class BackupHistory(BackupFolder folder, BackupKeys keys, BackupLedger ledger, DashboardDatabase database, TimeProvider time)
{
    /// <summary>Newest first, of all kinds. Reads no archive: a damage that nobody has met yet is not seen here.</summary>
    public async Task<IReadOnlyList<BackupEntry>> ListAsync(string? environment, CancellationToken cancellationToken)
    {
        var manifests = folder.List(environment);
        var names = manifests.Select(manifest => manifest.Archive).ToList();
        var proofs = await ledger.OfAsync(names, cancellationToken);
        var copies = (await database.BackupCopies.Find(Builders<BackupCopy>.Filter.In(copy => copy.Archive, names)).ToListAsync(cancellationToken))
            .ToLookup(copy => copy.Archive, StringComparer.Ordinal);
        return MarkLastProven([.. manifests.Select(manifest => EntryOf(manifest, [.. proofs[manifest.Archive]], [.. copies[manifest.Archive]])).OfType<BackupEntry>()]);
    }

    /// <summary>Null when the folder has no such archive with a manifest that can be read.</summary>
    public async Task<BackupEntry?> FindAsync(string archive, CancellationToken cancellationToken) =>
        folder.Find(archive) is { } manifest
            ? (await ListAsync(manifest.Environment, cancellationToken)).FirstOrDefault(entry => entry.Manifest.Archive == archive)
            : null;

    /// <summary>What of a kind that can be restored some day is the newest and nothing speaks against; null when there is none.</summary>
    public async Task<BackupEntry?> NewestGoodAsync(string environment, CancellationToken cancellationToken) =>
        (await ListAsync(environment, cancellationToken)).FirstOrDefault(entry => entry.IsGood && entry.Manifest.IsRegular);

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
    private BackupEntry? EntryOf(BackupManifest manifest, IReadOnlyList<BackupProof> proofs, IReadOnlyList<BackupCopy> copies)
    {
        var file = new FileInfo(folder.PathOf(manifest.Archive));
        if (!file.Exists)
            return null;
        var (standing, problem) = Judge(manifest, file.Length, proofs);
        return new BackupEntry
        {
            Manifest = manifest,
            FileBytes = file.Length,
            Age = time.GetUtcNow() - manifest.StartedAt,
            Standing = standing,
            Problem = problem,
            Rung = RungOf(manifest.Sha256, proofs),
            Proofs = proofs,
            Copies = copies,
        };
    }

    private (BackupStanding Standing, string? Problem) Judge(BackupManifest manifest, long fileBytes, IReadOnlyList<BackupProof> proofs)
    {
        if (proofs.LastOrDefault(proof => proof.Rung == BackupRung.Taken) is { } taken && taken.Sha256 != manifest.Sha256)
            return (BackupStanding.Tampered, $"{manifest.Archive} was taken with the SHA-256 {taken.Sha256[..12]}…, and its manifest now says {Start(manifest.Sha256)}…: somebody exchanged them. Do not restore it.");
        if (SignatureProblem(manifest, isKnown: proofs.Any(proof => proof.Rung == BackupRung.Taken)) is { } problem)
            return (BackupStanding.Tampered, $"The manifest of {manifest.Archive} cannot be believed: {problem}. Do not restore it.");
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
