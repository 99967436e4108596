using System.Globalization;
using Dashboard.MongoArchive;

namespace Dashboard.Operations.Backups;

/// <summary>
/// The second rung, which needs no server: one pass over the file that compares its SHA-256, opens every encrypted chunk, and checks every
/// length and checksum of the archive, and every count of its manifest.
/// </summary>
public static class ArchiveProver
{
    /// <summary>Reads the backup to its end.</summary>
    /// <param name="report">Bytes of the file read and in all.</param>
    public static async Task<ArchiveFinding> ProveAsync(OpenBackup backup, Action<long, long> report, CancellationToken cancellationToken)
    {
        try
        {
            backup.ReportTo(report);
            var found = await ArchiveVerifier.VerifyAsync(backup.Archive, cancellationToken);
            var sha256 = await backup.Sha256ToEndAsync(cancellationToken);
            return new ArchiveFinding(found, sha256, ProblemOf(backup, found, sha256));
        }
        catch (Exception exception) when (exception is ArchiveException or BackupDecryptionException or InvalidDataException)
        {
            return new ArchiveFinding(Report: null, Sha256: null, $"{backup.Name} is damaged: {exception.Message.TrimEnd('.')}.");
        }
    }

    private static string? ProblemOf(OpenBackup backup, ArchiveReport found, string sha256)
    {
        if (backup.ManifestProblem is { } problem)
            return problem;
        if (backup.Manifest is not { } manifest)
            return null;
        if (manifest.Sha256 != sha256)
            return $"{backup.Name} is not the file that its manifest describes: its SHA-256 is {sha256[..12]}… and should be {manifest.Sha256[..12]}….";
        return DifferenceOf(manifest, found) is { } difference ? $"{backup.Name} does not hold what its manifest says: {difference}." : null;
    }

    /// <summary>The first collection that is not as the manifest says.</summary>
    private static string? DifferenceOf(BackupManifest manifest, ArchiveReport found)
    {
        var totals = found.Totals.ToDictionary(total => total.Collection, StringComparer.Ordinal);
        foreach (var said in manifest.Collections)
        {
            if (!totals.Remove(said.Name, out var total))
                return $"{said.Name} is missing";
            if (total.Documents != said.Documents)
                return string.Create(CultureInfo.InvariantCulture, $"{said.Name} has {total.Documents:N0} documents and should have {said.Documents:N0}");
            if (total.Bytes != said.Bytes || Hex(total.Crc) != said.Crc)
                return $"{said.Name} has other content (checksum {Hex(total.Crc)}, should be {said.Crc})";
        }

        return totals.Count == 0 ? null : $"{string.Join(", ", totals.Keys)} should not be there";
    }

    private static string Hex(ulong crc) => crc.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>What one reading of an archive found.</summary>
/// <param name="Report">Null when it could not be read to its end.</param>
/// <param name="Sha256">Of the file; null likewise.</param>
/// <param name="Problem">What is wrong with it, as a sentence; null when nothing is.</param>
public sealed record ArchiveFinding(ArchiveReport? Report, string? Sha256, string? Problem)
{
    /// <summary>What was counted, for the ledger.</summary>
    public string Evidence => Report is null
        ? "The archive could not be read to its end."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Read to the end: {Report.Totals.Count} collections, {Report.Totals.Sum(total => total.Documents):N0} documents, {Report.Bytes:N0} bytes before compression; SHA-256 {Sha256}.");
}
