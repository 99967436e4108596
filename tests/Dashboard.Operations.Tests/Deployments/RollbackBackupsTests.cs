using Dashboard.Operations.Backups;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Migrations;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Deployments;

public sealed class RollbackBackupsTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Takes_the_backup_of_before_the_first_migration_that_must_go_whoever_made_it()
    {
        // 003 destroyed data by run-migrations at 12:00, and the deployment of 14:02 saved what was left.
        var (backup, _) = Choose([Entry("004", 14.05), Entry("003", 12)], [], Backup("scheduled", 3), Backup("of-003", 11.95), Backup("of-004", 14.02));

        Assert.Equal(("of-003", Day.AddHours(11.95)), (backup?.Archive, backup?.At));
    }

    [Fact]
    public void Takes_the_newest_and_loses_nothing_of_what_was_written_between_two_tries()
    {
        // The first try of 002, at 10:00, was taken back.
        var (backup, _) = Choose([Entry("003", 15.1), Entry("002", 15)], [], Backup("of-first-try", 9.9), Backup("of-second-try", 14.9));

        Assert.Equal("of-second-try", backup?.Archive);
    }

    [Fact]
    public void One_that_was_not_finished_when_the_migration_began_shows_some_of_it()
    {
        var (backup, why) = Choose([Entry("003", 12) with { Took = TimeSpan.FromMinutes(30) }], [], Backup("too-late", 11.6));

        Assert.Null(backup);
        Assert.Equal("there is no good backup of the time before 2026-11-24 11:30 UTC, when 003 began", why);
    }

    [Fact]
    public void That_of_the_same_run_was_made_before_whatever_the_clocks_say()
    {
        var run = RunOf(11.9);
        var (backup, _) = Choose([Entry("003", 12) with { RunId = run }], [], Backup("of-003", 12.01, run));

        Assert.Equal("of-003", backup?.Archive);
    }

    [Fact]
    public void That_of_a_run_that_only_took_over_what_the_teams_own_runner_did_came_after_it()
    {
        var run = RunOf(14);
        var (backup, _) = Choose([Entry("003", 12) with { RunId = run }], [], Backup("scheduled", 3), Backup("of-run", 14.01, run));

        Assert.Equal("scheduled", backup?.Archive);
    }

    [Fact]
    public void A_damaged_one_and_a_test_do_not_count()
    {
        var (backup, _) = Choose([Entry("003", 12)], [], Backup("good", 3), Backup("damaged", 11) with { Standing = BackupStanding.Damaged }, Backup("test", 11.5, kind: BackupKind.Test));

        Assert.Equal("good", backup?.Archive);
    }

    [Fact]
    public void One_that_lacks_what_the_earlier_version_needs_is_none()
    {
        var (backup, why) = Choose([Entry("003", 12)], [Entry("002", 10)], Backup("old", 3));

        Assert.Null(backup);
        Assert.Equal("old, the newest good backup of the time before 003, was made before 002, which the earlier version needs", why);
    }

    [Fact]
    public void One_of_a_database_that_a_restore_has_replaced_is_none()
    {
        var (backup, why) = RollbackBackups.Choose([Entry("003", 12)], [], [Backup("old", 3)], [Day.AddHours(4)]);

        Assert.Null(backup);
        Assert.Equal("old, the newest good backup of the time before 003, shows a database that a restore has replaced since", why);
    }

    [Fact]
    public void Nobody_guesses_when_a_migration_ran()
    {
        var (backup, why) = Choose([Entry("003", 12) with { ExecutedAt = null }], [], Backup("old", 3));

        Assert.Null(backup);
        Assert.Equal("nobody has kept when 003 ran", why);
    }

    private static (RollbackBackup? Backup, string? Why) Choose(MigrationEntry[] gone, MigrationEntry[] needed, params BackupEntry[] entries) => RollbackBackups.Choose(gone, needed, entries, []);

    private static string RunOf(double hour) => ObjectId.GenerateNewId((int)Day.AddHours(hour).ToUnixTimeSeconds()).ToString();

    private static MigrationEntry Entry(string version, double hour) => new(
        version, $"migration {version}", $"{version}.json", MigrationState.Executed, Sequence: null, Day.AddHours(hour), Took: null, HasDown: true, DestroysData: true, AddsOnly: false,
        Release: null, Actor: null, RunId: null, Note: null);

    private static BackupEntry Backup(string archive, double hour, string run = "another", BackupKind kind = BackupKind.Safety) => new()
    {
        Manifest = new BackupManifest
        {
            Archive = archive,
            Kind = kind,
            Environment = "staging",
            Database = "staging",
            ServerVersion = "8.0.0",
            Consistency = Consistency.PerCollection,
            StartedAt = Day.AddHours(hour),
            FinishedAt = Day.AddHours(hour).AddMinutes(1),
            RunId = run,
            Actor = "Ada",
            Reason = "a test",
            Bytes = 1,
            Sha256 = "0",
            Collections = [],
        },
        FileBytes = 1,
        Age = TimeSpan.Zero,
        Standing = BackupStanding.Good,
    };
}
