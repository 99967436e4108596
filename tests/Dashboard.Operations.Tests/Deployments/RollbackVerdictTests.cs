using Dashboard.Operations.Deployments;
using Dashboard.Operations.Migrations;

namespace Dashboard.Operations.Tests.Deployments;

public sealed class RollbackVerdictTests
{
    private static readonly RollbackBackup Backup = new("safety-staging-20261124-140200.gz", new DateTimeOffset(2026, 11, 24, 14, 2, 0, TimeSpan.Zero));

    [Fact]
    public void The_version_alone_is_enough_when_nothing_was_migrated()
    {
        Assert.Equal((RollbackWay.AppOnly, "App only is safe: no migration ran since."), Told(RollbackVerdict.Of([], Backup)));
    }

    [Fact]
    public void The_version_alone_is_enough_when_migrations_only_added_something()
    {
        Assert.Equal(RollbackWay.AppOnly, RollbackVerdict.Of([Entry("2", addsOnly: true), Entry("3", addsOnly: true)], backup: null).Way);
    }

    [Fact]
    public void What_stands_above_one_that_must_go_goes_first()
    {
        var verdict = RollbackVerdict.Of([Entry("2", addsOnly: true), Entry("9"), Entry("10", addsOnly: true)], Backup);

        Assert.Equal(["10", "9"], verdict.TakesBack);
        Assert.Equal((RollbackWay.AppAndDown, "Needs down × 2: 10, 9. Each has a down and none destroyed data."), Told(verdict));
    }

    [Theory]
    [InlineData(true, false, "3 destroyed data")]
    [InlineData(false, true, "3 has no down")]
    public void What_cannot_be_taken_back_needs_the_backup(bool destroys, bool lacksDown, string reason)
    {
        var verdict = RollbackVerdict.Of([Entry("2"), Entry("3", destroys: destroys, hasDown: !lacksDown)], Backup);

        Assert.Equal((RollbackWay.Backup, $"Needs the backup of 2026-11-24 14:02 UTC: {reason}. What was written since is then in the safety backup alone."), Told(verdict));
        Assert.Equal(Backup.Archive, verdict.Backup);
        Assert.Empty(verdict.TakesBack);
    }

    [Fact]
    public void Without_a_backup_a_person_decides()
    {
        Assert.Equal(RollbackWay.Undecided, RollbackVerdict.Of([Entry("3", hasDown: false)], backup: null).Way);
    }

    [Fact]
    public void One_that_only_adds_and_has_no_down_stays_in_peace()
    {
        var verdict = RollbackVerdict.Of([Entry("2", addsOnly: true, hasDown: false), Entry("3")], backup: null);

        Assert.Equal(["3"], verdict.TakesBack);
    }

    private static (RollbackWay, string) Told(RollbackVerdict verdict) => (verdict.Way, verdict.Sentence);

    private static MigrationEntry Entry(string version, bool addsOnly = false, bool destroys = false, bool hasDown = true) => new(
        version, $"migration {version}", $"{version}.json", MigrationState.Executed, Sequence: null, ExecutedAt: null, Took: null, hasDown, destroys, addsOnly, Release: null, Actor: null, RunId: null, Note: null);
}
