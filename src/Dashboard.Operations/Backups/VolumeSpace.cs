using System.Globalization;

namespace Dashboard.Operations.Backups;

/// <summary>The free space of the volume that a folder is on.</summary>
internal static class VolumeSpace
{
    /// <summary>Null when the volume does not tell.</summary>
    /// <param name="folder">Need not be there yet: before the first backup the volume is that which it will be on.</param>
    public static long? FreeBytes(string folder)
    {
        var there = Path.GetFullPath(folder);
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above)
            there = above;
        try
        {
            return new DriveInfo(there).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Why a file of this size would not fit.</summary>
    /// <returns>Null when it fits, or when nobody can tell.</returns>
    public static string? WhyNoRoom(string folder, long bytes) => FreeBytes(folder) is { } free && free < bytes
        ? string.Create(CultureInfo.InvariantCulture, $"The volume of {folder} has {free:N0} bytes free and {bytes:N0} are needed. Make room (prune-backups shows what may go) or set BACKUP_DIR to another volume.")
        : null;

    /// <summary>A sentence for a message.</summary>
    public static string Sentence(string folder) => FreeBytes(folder) is { } free
        ? string.Create(CultureInfo.InvariantCulture, $"The volume of {folder} has {free:N0} bytes free.")
        : $"The volume of {folder} does not tell its free space.";

    /// <summary>Why a backup would not fit: twice the last one is wanted, for the archive itself and for what the next hours bring.</summary>
    /// <returns>Null when it fits, or when nobody can tell.</returns>
    public static string? WhyTooSmall(string folder, long lastBackupBytes)
    {
        var wanted = 2 * lastBackupBytes;
        return FreeBytes(folder) is { } free && free < wanted
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The volume of {folder} has {free:N0} bytes free and the next backup wants {wanted:N0}, twice the size of the last one ({lastBackupBytes:N0}): {wanted - free:N0} bytes are missing. Make room (prune-backups shows what may go) or set BACKUP_DIR to another volume.")
            : null;
    }
}
