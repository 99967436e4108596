using System.Globalization;
using System.Security.Cryptography;
using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;

namespace Dashboard.Testing.Faults;

/// <summary>Reads a stored archive completely, every length and checksum of it, and compares it with what its manifest says.</summary>
public static class ArchiveProof
{
    public static async Task AssertWholeAsync(string path, BackupManifest manifest, CancellationToken cancellationToken)
    {
        await using var archive = File.OpenRead(path);
        Assert.Equal(manifest.Bytes, archive.Length);
        Assert.Equal(manifest.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(archive, cancellationToken)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.NotEmpty(manifest.Collections);

        archive.Position = 0;
        var report = await ArchiveVerifier.VerifyAsync(archive, cancellationToken);
        var said = manifest.Collections.Where(collection => collection.Type != "view").Select(collection => (collection.Name, collection.Documents, collection.Bytes, collection.Crc)).Order();
        var found = report.Totals
            .Where(total => manifest.Collections.Any(collection => collection.Name == total.Collection && collection.Type != "view"))
            .Select(total => (total.Collection, total.Documents, total.Bytes, total.Crc.ToString("x16", CultureInfo.InvariantCulture)))
            .Order();
        Assert.Equal(said, found);
    }
}
