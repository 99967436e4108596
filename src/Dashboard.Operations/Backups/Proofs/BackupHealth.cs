using System.Globalization;
using Dashboard.Operations.Environments;

namespace Dashboard.Operations.Backups;

/// <summary>The overview's first line: how old the last backup is that is proven to restore, how long a restore takes, and what the policy says to it.</summary>
public sealed class BackupHealth(EnvironmentRegistry environments, BackupHistory history, BackupLedger ledger, CopyPlan copies, TimeProvider time)
{
    /// <summary>A copy that is missing this long is red whatever else there is: every backup is read once in this time.</summary>
    private static readonly TimeSpan CopyPatience = TimeSpan.FromHours(24);

    /// <summary>Every stored archive is read completely once a day; the hours above that are the schedule's own.</summary>
    private static readonly TimeSpan ReadingPatience = TimeSpan.FromHours(26);

    /// <summary>In the order of the environments.</summary>
    public async Task<IReadOnlyList<BackupHealthReport>> ListAsync(CancellationToken cancellationToken)
    {
        var reports = new List<BackupHealthReport>();
        foreach (var environment in environments.All)
            reports.Add(await OfAsync(environment, cancellationToken));
        return reports;
    }

    public async Task<BackupHealthReport> OfAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var entries = await history.ListAsync(environment.Name, cancellationToken);
        var lastProven = entries.FirstOrDefault(entry => entry.IsLastProven);
        var restoreTime = lastProven?.RestoreTime ?? await ledger.RestoreTimeAsync(environment.Name, cancellationToken);
        var findings = Findings(environment, entries, lastProven, restoreTime).ToList();
        return new BackupHealthReport(
            environment.Name,
            environment.Title,
            lastProven,
            restoreTime,
            environment.Settings.BackupEnabled ? findings.Select(finding => finding.Verdict).DefaultIfEmpty(BackupVerdict.Green).Max() : BackupVerdict.Off,
            findings,
            MissingCopySince: entries.SelectMany(entry => MissingOf(environment, entry)).Select(missing => (DateTimeOffset?)missing).Min());
    }

    private IEnumerable<BackupFinding> Findings(
        TargetEnvironment environment, IReadOnlyList<BackupEntry> entries, BackupEntry? lastProven, TimeSpan? restoreTime)
    {
        var policy = environment.Settings;
        if (lastProven is null)
            yield return new BackupFinding(BackupVerdict.Red, "No backup was ever proven to restore: run verify-backup.");
        else if (lastProven.Age > policy.MaxProvenAge)
            yield return new BackupFinding(BackupVerdict.Red, $"The newest backup that is proven to restore is {Hours(lastProven.Age)} old; {Hours(policy.MaxProvenAge)} are allowed (backup.maxProvenAgeHours).");
        if (restoreTime > policy.MaxRestoreTime)
            yield return new BackupFinding(BackupVerdict.Red, $"A restore takes {Minutes(restoreTime.Value)}; {Minutes(policy.MaxRestoreTime)} are allowed (backup.maxRestoreMinutes).");
        foreach (var entry in entries.Where(entry => entry.Problem is not null))
            yield return new BackupFinding(entry.Standing == BackupStanding.Tampered ? BackupVerdict.Red : BackupVerdict.Amber, entry.Problem ?? string.Empty);
        if (entries.Count(IsUnread) is > 0 and var unread)
            yield return new BackupFinding(BackupVerdict.Amber, $"{unread} of {entries.Count} stored backups were not read completely within a day: damage in them would not be noticed. Run verify-backup with all and upTo archive; the schedule should.");
        if (policy.IsEncryptionMissing)
            yield return new BackupFinding(BackupVerdict.Amber, $"The backups of {environment.Name} are not encrypted, though security.encryptBackups asks for it: {BackupKeys.KeyVariable} is not set.");
        if (entries.FirstOrDefault(entry => entry.IsOurs && entry.Manifest.IsRegular) is { } newest && CopyFinding(environment, newest) is { } finding)
            yield return finding;
    }

    /// <summary>Of what lies elsewhere a copy counts too: it is what would be fetched.</summary>
    private bool IsUnread(BackupEntry entry)
    {
        var read = entry.IsHere ? entry.ReadAt : entry.CopiesThere.Select(copy => copy.VerifiedAt).Append(entry.ReadAt).Max();
        return entry.IsGood && entry.Age > ReadingPatience && (read is null || time.GetUtcNow() - read > ReadingPatience);
    }

    /// <summary>One copy less than wanted is amber, two less or one for a day is red.</summary>
    private BackupFinding? CopyFinding(TargetEnvironment environment, BackupEntry newest)
    {
        var wanted = environment.Settings.RedundantBackups;
        var places = copies.PlacesOf(environment);
        var good = places.Where(place => newest.Copies.Any(copy => copy.Place == place.Name && copy.IsGood)).ToList();
        var have = good.Count + (newest is { IsGood: true, IsOnDisk: true } ? 1 : 0);
        var isNowhereElse = environment.Settings.OffSiteBackup && !good.Exists(place => place.IsElsewhere);
        if (have >= wanted && !isNowhereElse)
            return null;
        var since = MissingOf(environment, newest).Select(missing => (DateTimeOffset?)missing).Min();
        var verdict = wanted - have >= 2 || time.GetUtcNow() - since > CopyPatience ? BackupVerdict.Red : BackupVerdict.Amber;
        var why = newest.Copies.Select(copy => copy.Problem).OfType<string>().FirstOrDefault();
        return new BackupFinding(verdict, string.Create(
            CultureInfo.InvariantCulture,
            $"{newest.Manifest.Archive} has {have} of {wanted} copies{(isNowhereElse ? ", none of them off site" : string.Empty)}{(since is null ? string.Empty : $", since {since:yyyy-MM-dd HH:mm} UTC")}.{(why is null ? string.Empty : $" {why}")}"));
    }

    /// <summary>Of what is on no disk any more nobody can make another copy.</summary>
    private IEnumerable<DateTimeOffset> MissingOf(TargetEnvironment environment, BackupEntry entry) => CopyPlan.Wants(entry.Manifest) && entry.IsOnDisk
        ? copies.PlacesOf(environment)
            .Select(place => entry.Copies.FirstOrDefault(copy => copy.Place == place.Name))
            .Where(copy => copy is not { IsGood: true })
            .Select(copy => copy?.WantedAt ?? entry.Manifest.FinishedAt)
        : [];

    private static string Hours(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h");

    private static string Minutes(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min");
}

/// <summary>How the backups of one environment stand.</summary>
/// <param name="LastProven">The newest backup that was restored and compared; its age is the line's first figure.</param>
/// <param name="RestoreTime">Of the newest restore that was measured; null before the first.</param>
/// <param name="Findings">What the verdict comes from, as sentences; none when it is green.</param>
/// <param name="MissingCopySince">Since when any backup has been without a copy that it should have; null when all are there.</param>
public sealed record BackupHealthReport(
    string Environment,
    string Title,
    BackupEntry? LastProven,
    TimeSpan? RestoreTime,
    BackupVerdict Verdict,
    IReadOnlyList<BackupFinding> Findings,
    DateTimeOffset? MissingCopySince);

/// <summary>One thing that is not as the policy wants it.</summary>
public sealed record BackupFinding(BackupVerdict Verdict, string Sentence);

public enum BackupVerdict
{
    /// <summary>Backups are switched off for this environment.</summary>
    Off,
    Green,
    Amber,
    Red,
}
