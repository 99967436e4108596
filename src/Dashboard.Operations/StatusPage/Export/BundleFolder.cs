using Dashboard.Operations.Files;
using MongoDB.Bson;

namespace Dashboard.Operations.StatusPage;

/// <summary>A directory that a web server shows: written beside, synced, renamed, and readable by everybody, as it is public.</summary>
public sealed class BundleFolder(string directory, TimeProvider time) : BundlePlace
{
    private const UnixFileMode Public = Durable.FileMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>What an interrupted writer left is cleared away after so long; nobody writes one file for that time.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly string _owner = ObjectId.GenerateNewId().ToString();

    public override string Description => directory;

    public override async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(Path.Combine(directory, path), cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public override async Task PutAsync(BundleFile file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, file.Path);
        var temporary = Durable.TemporaryPathOf(path, _owner);
        try
        {
            var folder = Path.GetDirectoryName(path) ?? directory;
            Directory.CreateDirectory(folder);
            Clear(folder);
            try
            {
                await using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous, UnixCreateMode = Public }))
                {
                    await stream.WriteAsync(file.Bytes, cancellationToken);
                    await Durable.SyncAsync(stream, cancellationToken);
                }

                await Durable.PublishAsync(temporary, path);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private void Clear(string folder)
    {
        foreach (var left in Directory.EnumerateFiles(folder, ".*.tmp").Where(left => time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(left) > Abandoned))
            File.Delete(left);
    }
}
