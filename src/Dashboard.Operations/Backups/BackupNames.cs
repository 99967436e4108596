using System.Globalization;
using System.Text.RegularExpressions;

namespace Dashboard.Operations.Backups;

/// <summary>How the files of the backup folder are called.</summary>
internal static partial class BackupNames
{
    public const string ManifestEnding = ".manifest.json";
    public const string EncryptedEnding = ".enc";
    public const string CompressedEnding = ".gz";
    private const string PlainEnding = ".archive";

    /// <summary>The first words of all kinds; a file of another one is not ours.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = ["backup-", "safety-", "test-"];

    public static string PrefixOf(BackupKind kind) => kind switch
    {
        BackupKind.Safety => "safety-",
        BackupKind.Test => "test-",
        _ => "backup-",
    };

    public static string Of(BackupKind kind, string environment, DateTimeOffset at, bool compressed, bool encrypted) => string.Create(
        CultureInfo.InvariantCulture,
        $"{PrefixOf(kind)}{environment}-{at.UtcDateTime:yyyyMMdd-HHmmss}{EndingOf(compressed, encrypted)}");

    /// <summary>What the link to the newest backup is called when that has this form.</summary>
    public static string LatestOf(string environment, bool compressed, bool encrypted) => $"backup-{environment}-latest{EndingOf(compressed, encrypted)}";

    /// <summary>What it may be called, the usual forms first.</summary>
    public static IReadOnlyList<string> LatestFormsOf(string environment) =>
        [LatestOf(environment, compressed: true, encrypted: false), LatestOf(environment, compressed: true, encrypted: true), LatestOf(environment, compressed: false, encrypted: false), LatestOf(environment, compressed: false, encrypted: true)];

    /// <summary>The environment whose newest backup a name means; null for any other name.</summary>
    public static string? LatestEnvironmentOf(string name) => Latest().Match(name) is { Success: true } match ? match.Groups["environment"].Value : null;

    /// <summary>What a name alone can tell: a scheduled backup is called as a manual one.</summary>
    public static BackupKind KindOf(string archive) =>
        archive.StartsWith("safety-", StringComparison.Ordinal) ? BackupKind.Safety : archive.StartsWith("test-", StringComparison.Ordinal) ? BackupKind.Test : BackupKind.Manual;

    /// <summary>Whose backup, temporary file or manifest it is; null for a name that was not given here.</summary>
    public static string? EnvironmentOf(string fileName) => Ours().Match(fileName) is { Success: true } match ? match.Groups["environment"].Value : null;

    /// <summary>Exactly a name that is given to archives: nothing that leads out of a folder, no link, no manifest.</summary>
    public static bool IsArchive(string fileName) => Archive().IsMatch(fileName);

    public static bool IsOurs(string fileName) => Prefixes.Any(prefix => fileName.StartsWith(prefix, StringComparison.Ordinal));

    public static bool IsManifest(string fileName) => IsOurs(fileName) && fileName.EndsWith(ManifestEnding, StringComparison.Ordinal);

    /// <summary><c>.backup-….tmp</c>: not yet, or never, a file of its final name.</summary>
    public static bool IsTemporary(string fileName) =>
        fileName.StartsWith('.') && fileName.EndsWith(".tmp", StringComparison.Ordinal) && IsOurs(fileName[1..]);

    /// <summary>The id that stands in a temporary name.</summary>
    public static string RunOf(string temporary) => Path.GetFileNameWithoutExtension(temporary).Split('.')[^1];

    private static string EndingOf(bool compressed, bool encrypted) => (compressed ? CompressedEnding : PlainEnding) + (encrypted ? EncryptedEnding : string.Empty);

    [GeneratedRegex(@"^(backup|safety|test)-[a-z][a-z0-9-]*-[0-9]{8}-[0-9]{6}\.(gz|archive)(\.enc)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Archive();

    [GeneratedRegex(@"^backup-(?<environment>[a-z][a-z0-9-]*)-latest\.(gz|archive)(\.enc)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Latest();

    [GeneratedRegex(@"^\.?(backup|safety|test)-(?<environment>[a-z][a-z0-9-]*?)-([0-9]{8}-[0-9]{6}|latest)\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ours();
}
