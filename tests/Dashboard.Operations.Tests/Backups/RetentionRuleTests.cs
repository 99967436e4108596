using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>AC9: whatever the history and the policy, what somebody may still need stays.</summary>
public sealed class RetentionRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly MigrationSettings Week = new() { BackupRetention = TimeSpan.FromDays(7), SafetyRetention = TimeSpan.FromDays(3) };

    [Fact]
    public async Task Never_lets_go_what_may_still_be_needed_in_10000_random_histories()
    {
        var histories = 0;
        await Seeds.EachAsync(100, (random, _) =>
        {
            for (var each = 0; each < 100; each++, histories++)
                CheckOne(random);
            return Task.CompletedTask;
        });

        Assert.True(FaultCounts.GivenSeed is not null || histories == 10_000);
    }

    [Fact]
    public void Lets_go_what_is_older_than_its_kind_is_kept()
    {
        BackupEntry[] entries =
        [
            Entry("backup-new", TimeSpan.FromHours(1), rung: BackupRung.Compared),
            Entry("backup-week", TimeSpan.FromDays(6.9)),
            Entry("backup-old", TimeSpan.FromDays(7.1)),
            Entry("safety-new", TimeSpan.FromDays(2), BackupKind.Safety),
            Entry("safety-old", TimeSpan.FromDays(4), BackupKind.Safety),
            Entry("test-new", TimeSpan.FromHours(20), BackupKind.Test),
            Entry("test-old", TimeSpan.FromDays(2), BackupKind.Test),
        ];

        Assert.Equal(["backup-old", "safety-old", "test-old"], Gone(entries));
        Assert.Equal(["backup-old", "safety-old", "test-new", "test-old"], Gone(entries, testsToo: true));
    }

    [Fact]
    public void Keeps_the_last_proven_one_and_the_newest_good_one_however_old_they_are()
    {
        BackupEntry[] entries =
        [
            Entry("backup-damaged", TimeSpan.FromDays(50), standing: BackupStanding.Damaged),
            Entry("backup-newest-good", TimeSpan.FromDays(60)),
            Entry("backup-proven", TimeSpan.FromDays(70), rung: BackupRung.Compared),
            Entry("backup-proven-before", TimeSpan.FromDays(80), rung: BackupRung.Compared),
        ];

        Assert.Equal(["backup-damaged", "backup-proven-before"], Gone(entries));
    }

    [Fact]
    public void Keeps_what_a_run_uses_and_what_latest_leads_to()
    {
        BackupEntry[] entries = [Entry("backup-a", TimeSpan.FromDays(1)), Entry("backup-b", TimeSpan.FromDays(90)), Entry("backup-c", TimeSpan.FromDays(91)), Entry("test-d", TimeSpan.FromDays(9), BackupKind.Test)];

        var verdicts = RetentionRule.Judge(Mark(entries), Week, Now, archive => archive is "backup-b" or "test-d", ["backup-c"], testsToo: true);

        Assert.Equal(
            [("backup-a", "the newest good one"), ("backup-b", "an active run uses it"), ("backup-c", "the one that -latest leads to"), ("test-d", "an active run uses it")],
            verdicts.Select(verdict => (verdict.Entry.Manifest.Archive, verdict.Why)));
        Assert.All(verdicts, verdict => Assert.False(verdict.Goes));
    }

#pragma warning disable CA5394 // Reproducible on purpose.
    private static void CheckOne(Random random)
    {
        var entries = Mark([.. Enumerable.Range(0, random.Next(0, 25)).Select(number => Entry(
            $"a{number:00}",
            TimeSpan.FromHours(random.Next(-48, 24 * 120)),
            (BackupKind)random.Next(4),
            (BackupStanding)random.Next(3),
            random.Next(5) is var rung && rung == 4 ? null : (BackupRung)rung))]);
        var policy = new MigrationSettings { BackupRetention = TimeSpan.FromDays(random.Next(1, 40)), SafetyRetention = TimeSpan.FromDays(random.Next(1, 40)) };
        var used = entries.Where(_ => random.Next(8) == 0).Select(entry => entry.Manifest.Archive).ToHashSet(StringComparer.Ordinal);
        var latest = entries.Where(_ => random.Next(20) == 0).Select(entry => entry.Manifest.Archive).Take(1).ToList();

        var verdicts = RetentionRule.Judge(entries, policy, Now, used.Contains, latest, testsToo: random.Next(4) == 0);

        Assert.Equal(entries, verdicts.Select(verdict => verdict.Entry));
        var gone = verdicts.Where(verdict => verdict.Goes).Select(verdict => verdict.Entry).ToList();
        var stays = entries.Except(gone).ToList();
        Assert.DoesNotContain(gone, entry => used.Contains(entry.Manifest.Archive) || latest.Contains(entry.Manifest.Archive));
        Assert.DoesNotContain(gone, entry => entry.Manifest.Kind == BackupKind.Safety && Now - entry.Manifest.FinishedAt <= policy.SafetyRetention);
        Assert.DoesNotContain(gone, entry => entry.Manifest.IsRegular && Now - entry.Manifest.FinishedAt <= policy.BackupRetention);
        AssertKept(entries.Where(entry => entry.IsProven && entry.Manifest.IsRegular), stays);
        AssertKept(entries.Where(entry => entry.IsGood && entry.Manifest.IsRegular), stays);
    }
#pragma warning restore CA5394

    private static void AssertKept(IEnumerable<BackupEntry> candidates, List<BackupEntry> stays)
    {
        if (candidates.MaxBy(entry => entry.Manifest.FinishedAt) is { } newest)
            Assert.Contains(newest, stays);
    }

    private static string[] Gone(IReadOnlyList<BackupEntry> entries, bool testsToo = false) =>
        [.. RetentionRule.Judge(Mark(entries), Week, Now, _ => false, [], testsToo).Where(verdict => verdict.Goes).Select(verdict => verdict.Entry.Manifest.Archive).Order(StringComparer.Ordinal)];

    /// <summary>As the history marks it.</summary>
    private static IReadOnlyList<BackupEntry> Mark(IReadOnlyList<BackupEntry> entries) => BackupHistory.MarkLastProven(entries);

    private static BackupEntry Entry(string archive, TimeSpan age, BackupKind kind = BackupKind.Manual, BackupStanding standing = BackupStanding.Good, BackupRung? rung = null) => new()
    {
        Manifest = new BackupManifest
        {
            Archive = archive,
            Kind = archive.StartsWith("safety-", StringComparison.Ordinal) ? BackupKind.Safety : archive.StartsWith("test-", StringComparison.Ordinal) ? BackupKind.Test : kind,
            Environment = "staging",
            Database = "d",
            ServerVersion = "7.0.0",
            Consistency = Consistency.Snapshot,
            StartedAt = Now - age,
            FinishedAt = Now - age,
            RunId = "r",
            Actor = "Tess",
            Reason = string.Empty,
            Bytes = 1,
            Sha256 = "s",
            Collections = [],
        },
        FileBytes = 1,
        Age = age,
        Standing = standing,
        Rung = rung,
    };
}
