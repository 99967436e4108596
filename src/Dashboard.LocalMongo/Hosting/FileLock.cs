namespace Dashboard.LocalMongo.Hosting;

/// <summary>A lock between processes that the operating system releases when its holder dies.</summary>
internal static class FileLock
{
    /// <summary>Null while another process, or another part of this one, holds it.</summary>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException or FileNotFoundException))
        {
            return null;
        }
    }
}
