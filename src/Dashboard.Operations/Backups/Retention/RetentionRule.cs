using System.Globalization;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Backups;

/// <summary>Which backups of one environment may go, and why the others stay. A pure function: the world is in its arguments.</summary>
public static class RetentionRule
{
    /// <summary>A test backup has done its work when its check has ended.</summary>
    public static readonly TimeSpan TestRetention = TimeSpan.FromDays(1);

    /// <summary>One verdict for each entry, in their order.</summary>
    /// <param name="entries">All of one environment.</param>
    /// <param name="inUse">Archives that an active run may be reading.</param>
    /// <param name="latest">Archives that a <c>-latest</c> link leads to.</param>
    /// <param name="testsToo">Test backups go whatever their age.</param>
    public static IReadOnlyList<RetentionVerdict> Judge(
        IReadOnlyList<BackupEntry> entries,
        MigrationSettings settings,
        DateTimeOffset now,
        Func<string, bool> inUse,
        IReadOnlyList<string> latest,
        bool testsToo = false)
    {
        var newestGood = entries.Where(entry => entry.IsGood && entry.Manifest.IsRegular).MaxBy(entry => entry.Manifest.FinishedAt)?.Manifest.Archive;
        return [.. entries.Select(entry => Judge(entry))];

        RetentionVerdict Judge(BackupEntry entry)
        {
            var manifest = entry.Manifest;
            if (inUse(manifest.Archive))
                return Stays(entry, "an active run uses it");
            if (entry.IsLastProven)
                return Stays(entry, "the newest that is proven to restore");
            if (manifest.Archive == newestGood)
                return Stays(entry, "the newest good one");
            if (latest.Contains(manifest.Archive, StringComparer.Ordinal))
                return Stays(entry, "the one that -latest leads to");
            if (testsToo && manifest.Kind == BackupKind.Test)
                return new RetentionVerdict(entry, Goes: true, "a test backup");
            var (age, kept) = (now - manifest.FinishedAt, KeptFor(manifest.Kind, settings));
            return age > kept
                ? new RetentionVerdict(entry, Goes: true, string.Create(CultureInfo.InvariantCulture, $"{Days(age)} old, kept for {Days(kept)}"))
                : Stays(entry, $"kept for {Days(kept)}");
        }
    }

    /// <summary>By why it was made.</summary>
    public static TimeSpan KeptFor(BackupKind kind, MigrationSettings settings) => kind switch
    {
        BackupKind.Safety => settings.SafetyRetention,
        BackupKind.Test => TestRetention,
        _ => settings.BackupRetention,
    };

    private static RetentionVerdict Stays(BackupEntry entry, string why) => new(entry, Goes: false, why);

    private static string Days(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days");
}

/// <param name="Why">What decided it, as part of a sentence.</param>
public sealed record RetentionVerdict(BackupEntry Entry, bool Goes, string Why);
