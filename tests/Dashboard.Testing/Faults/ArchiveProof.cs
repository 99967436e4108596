using System.IO.Compression;
using System.Security.Cryptography;
using Dashboard.Operations.Backups;

namespace Dashboard.Testing.Faults;

/// <summary>Reads a stored archive completely and compares it with what its manifest says.</summary>
public static class ArchiveProof
{
    public static async Task AssertWholeAsync(string path, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        Assert.Equal(manifest.Bytes, bytes.Length);
        Assert.Equal(manifest.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.NotEmpty(manifest.Collections);

        await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var content = new MemoryStream();
        await gzip.CopyToAsync(content, cancellationToken);
        Assert.True(content.Length > manifest.Collections.Sum(collection => collection.Bytes), "The archive holds less than its collections.");
    }
}
