using System.Security.Cryptography;

namespace Dashboard.Testing.Faults;

/// <summary>What a folder holds, to be compared later.</summary>
public static class FileStates
{
    /// <summary>By name: the SHA-256 of a file, the target of a link; without subfolders.</summary>
    /// <param name="pattern">Which files, when others change beside them.</param>
    public static IReadOnlyDictionary<string, string> Of(string folder, string pattern = "*")
    {
        if (!Directory.Exists(folder))
            return new Dictionary<string, string>(StringComparer.Ordinal);
        return Directory.EnumerateFiles(folder, pattern).ToDictionary(
            path => Path.GetFileName(path),
            path => new FileInfo(path).LinkTarget is { } target ? $"-> {target}" : Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))),
            StringComparer.Ordinal);
    }

    /// <summary>What unfinished runs left behind.</summary>
    public static IReadOnlyList<string> Leftovers(string folder) =>
        [.. Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, ".*").Select(path => Path.GetFileName(path)) : []];
}
