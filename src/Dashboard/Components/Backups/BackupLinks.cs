using System.Text.RegularExpressions;

namespace Dashboard.Components.Backups;

/// <summary>Addresses of backups' pages, and how a fact of a run is known to name one.</summary>
internal static partial class BackupLinks
{
    public static string Of(string archive) => $"backups/{Uri.EscapeDataString(archive)}";

    /// <summary>The archive that a value is the name or the path of; null for everything else.</summary>
    public static string? ArchiveIn(string value) => Archive().IsMatch(Path.GetFileName(value)) ? Path.GetFileName(value) : null;

    public static string? RunIn(string value) => Run().IsMatch(value) ? value : null;

    [GeneratedRegex(@"^(backup|safety|test)-.+-\d{8}-\d{6}\.(gz|archive)(\.enc)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Archive();

    [GeneratedRegex("^[0-9a-f]{24}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Run();
}
