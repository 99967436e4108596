using System.ComponentModel;
using System.Runtime.InteropServices;
using Dashboard.Operations.Faults;
using Microsoft.Win32.SafeHandles;

namespace Dashboard.Operations.Files;

/// <summary>
/// The only way in which a file becomes durable here. Calls the C library's fsync itself, on file and folder, because .NET on Linux
/// reports a failed fsync as a success and offers none for folders.
/// </summary>
public static partial class Durable
{
    private const int ReadOnlyFolder = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC

    /// <summary>0600: what is written here is somebody's data.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>0700.</summary>
    public const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>Makes the folder with its parents, readable by its owner alone; corrects the mode of one that is there.</summary>
    public static void MakeFolder(string path)
    {
        // .NET gives the mode to the last folder only.
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent && !Directory.Exists(parent))
            MakeFolder(parent);
        Directory.CreateDirectory(path, FolderMode);
        if (File.GetUnixFileMode(path) != FolderMode)
            File.SetUnixFileMode(path, FolderMode);
    }

    /// <summary>A new file for writing, 0600; fails when it exists.</summary>
    public static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = System.IO.FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.Read,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
        UnixCreateMode = FileMode,
    });

    /// <summary>Returns when the file's content is on the disk.</summary>
    /// <exception cref="IOException">The disk did not take it; the content must not be believed, also not after a later sync that succeeds.</exception>
    public static async Task SyncAsync(FileStream file, CancellationToken cancellationToken)
    {
        await file.FlushAsync(cancellationToken);
        await Failpoints.HitAsync(Failpoints.FileSyncs, file.Name);
        Sync(file.SafeFileHandle, file.Name);
        await Failpoints.HitAsync(Failpoints.FileSynced, file.Name);
    }

    /// <summary>
    /// Gives a synced file its final name, replacing what had it, and makes that last.
    /// When it cannot be made to last, a new name is taken back, so that nobody finds what was reported as failed.
    /// </summary>
    public static async Task PublishAsync(string temporary, string final)
    {
        await Failpoints.HitAsync(Failpoints.FilePublishes, final);
        var isNew = !File.Exists(final);
        File.Move(temporary, final, overwrite: true);
        await Failpoints.HitAsync(Failpoints.FileNamed, final);
        try
        {
            SyncFolder(Path.GetDirectoryName(final) ?? ".");
        }
        catch (IOException) when (isNew)
        {
            File.Move(final, temporary);
            throw;
        }

        await Failpoints.HitAsync(Failpoints.FilePublished, final);
    }

    /// <summary>The name a file has beside its final one until it is published.</summary>
    /// <param name="owner">Whoever may clear it away: the id of a run.</param>
    public static string TemporaryPathOf(string path, string owner) =>
        Path.Combine(Path.GetDirectoryName(path) ?? ".", $".{Path.GetFileName(path)}.{owner}.tmp");

    /// <summary>Writes a small file whole or not at all: temporary name beside it, sync, rename.</summary>
    public static async Task WriteAsync(string path, string owner, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = TemporaryPathOf(path, owner);
        try
        {
            await using (var file = Create(temporary))
            {
                await Failpoints.HitAsync(Failpoints.FileWrites, path);
                await file.WriteAsync(content, cancellationToken);
                await Failpoints.HitAsync(Failpoints.FileWritten, path);
                await SyncAsync(file, cancellationToken);
            }

            await PublishAsync(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Points a symbolic link at a file of the same folder in one step.</summary>
    public static async Task PointAsync(string link, string owner, string fileName)
    {
        var temporary = TemporaryPathOf(link, owner);
        File.CreateSymbolicLink(temporary, fileName);
        try
        {
            await PublishAsync(temporary, link);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Deletes files, if they are there, and makes that last; all of one folder.</summary>
    public static async Task DeleteAsync(params IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            await Failpoints.HitAsync(Failpoints.FileDeletes, path);
            File.Delete(path);
            await Failpoints.HitAsync(Failpoints.FileDeleted, path);
        }

        if (paths is [var first, ..])
            SyncFolder(Path.GetDirectoryName(first) ?? ".");
    }

    /// <summary>Returns when the folder's entries are on the disk: without it a rename may be lost at a power failure.</summary>
    public static void SyncFolder(string path)
    {
        using var folder = Open(path, ReadOnlyFolder);
        if (folder.IsInvalid)
            throw Failure("opened", path);
        Sync(folder, path);
    }

    private static void Sync(SafeFileHandle handle, string path)
    {
        if (Fsync(handle) != 0)
            throw Failure("synced", path);
    }

    private static IOException Failure(string verb, string path)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"'{path}' could not be {verb}: {error.Message} (error {error.NativeErrorCode}). Look at the disk before you believe what was written there.", error);
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
