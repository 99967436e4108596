using Dashboard.Operations.Files;

namespace Dashboard.Operations.Backups;

/// <summary>A backup that is being read; its archive comes decrypted, compressed or not.</summary>
public sealed class OpenBackup : IAsyncDisposable
{
    private readonly Stream _file;
    private readonly MeteredReadStream _metered;

    internal OpenBackup(Stream file, string path, long bytes, MeteredReadStream metered, Stream archive, bool isEncrypted, BackupManifest? manifest, string? manifestProblem)
    {
        _file = file;
        _metered = metered;
        Archive = archive;
        IsEncrypted = isEncrypted;
        Manifest = manifest;
        ManifestProblem = manifestProblem;
        Path = path;
        Bytes = bytes;
    }

    /// <summary>The mongodump archive, gzip or plain; ArchiveReader tells which. Reads forward only.</summary>
    public Stream Archive { get; }

    /// <summary>Every link followed; of a copy that is read where it lies, the name alone.</summary>
    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Size of the file.</summary>
    public long Bytes { get; }

    /// <summary>How far the file has been read, for progress.</summary>
    public long BytesRead => _metered.BytesRead;

    public bool IsEncrypted { get; }

    /// <summary>Null when there is none beside the archive, or it cannot be read.</summary>
    public BackupManifest? Manifest { get; }

    /// <summary>Why the manifest must not be believed: its keyed checksum is wrong, it belongs to another archive, it is damaged. A sentence.</summary>
    public string? ManifestProblem { get; }

    /// <summary>From now on each read tells the bytes of the file read and in all; on the thread that reads.</summary>
    public void ReportTo(Action<long, long> report) => _metered.Report = read => report(read, Bytes);

    /// <summary>Reads the file to its end and says the lower-case hexadecimal SHA-256 of the whole. To be asked once.</summary>
    public Task<string> Sha256ToEndAsync(CancellationToken cancellationToken) => _metered.Sha256ToEndAsync(cancellationToken);

    /// <summary>Writes what <see cref="Archive"/> gives into a new file, whole or not at all, for tools that know nothing of encryption.</summary>
    /// <param name="path">Absolute, and not there yet.</param>
    /// <exception cref="IOException">It was damaged, or the disk did not take it.</exception>
    public async Task WriteArchiveAsync(string path, CancellationToken cancellationToken)
    {
        var temporary = Durable.TemporaryPathOf(path, "decrypting");
        File.Delete(temporary);
        try
        {
            await using (var file = Durable.Create(temporary))
            {
                await using var hashing = new HashingStream(file);
                await Archive.CopyToAsync(hashing, cancellationToken);
                await Durable.SyncAsync(file, cancellationToken);
            }

            await Durable.PublishAsync(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Archive.DisposeAsync();
        await _metered.DisposeAsync();
        await _file.DisposeAsync();
    }
}
