using Dashboard.Operations.Files;

namespace Dashboard.Operations.Backups;

/// <summary>A directory, best on another disk or another machine's; files get their name when they are whole and synced.</summary>
public sealed class DirectoryPlace(string name, string directory, string backupDirectory) : BackupPlace(name)
{
    private const int BufferBytes = 1 << 20;

    public override string Description => directory;

    public override bool IsElsewhere { get; } =
        !(Path.GetFullPath(directory) + "/").StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(backupDirectory)) + "/", StringComparison.Ordinal);

    public override async Task PutAsync(string objectName, string path, string owner, CancellationToken cancellationToken)
    {
        Prepare();
        var temporary = Durable.TemporaryPathOf(PathOf(objectName), owner);
        try
        {
            await using (var source = File.OpenRead(path))
            await using (var file = Durable.Create(temporary))
            await using (var counting = new HashingStream(file))
            {
                await source.CopyToAsync(counting, BufferBytes, cancellationToken);
                await Durable.SyncAsync(file, cancellationToken);
            }

            await Durable.PublishAsync(temporary, PathOf(objectName));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public override Task<Stream?> OpenAsync(string objectName, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(objectName), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (FileNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
        catch (DirectoryNotFoundException) when (Directory.Exists(Path.GetDirectoryName(directory)))
        {
            // Nothing was ever put there.
            return Task.FromResult<Stream?>(null);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public override async Task DeleteAsync(string objectName, CancellationToken cancellationToken)
    {
        try
        {
            if (File.Exists(PathOf(objectName)))
                await Durable.DeleteAsync(PathOf(objectName));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public override Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. Names().Where(BackupNames.IsOurs).Order(StringComparer.Ordinal)]);

    public override async Task<IReadOnlyList<string>> ClearAsync(Func<string, bool> isGone, CancellationToken cancellationToken)
    {
        var left = Names().Where(file => BackupNames.IsTemporary(file) && isGone(BackupNames.RunOf(file))).ToList();
        await Durable.DeleteAsync([.. left.Select(PathOf)]);
        return left;
    }

    private void Prepare()
    {
        try
        {
            Durable.MakeFolder(directory);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private string PathOf(string objectName) => Path.Combine(directory, Path.GetFileName(objectName));

    private IReadOnlyList<string> Names()
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory).Select(file => Path.GetFileName(file))];
        }
        catch (DirectoryNotFoundException) when (!File.Exists(directory) && Directory.Exists(Path.GetDirectoryName(directory)))
        {
            // Nothing was ever put there.
            return [];
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }
}
