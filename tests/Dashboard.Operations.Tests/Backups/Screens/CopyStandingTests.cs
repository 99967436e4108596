using Dashboard.Operations.Backups;

namespace Dashboard.Operations.Tests.Backups.Screens;

public sealed class CopyStandingTests
{
    private static readonly DateTimeOffset Then = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_copy_that_nobody_has_begun_is_missing_since_the_backup()
    {
        var standing = Assert.Single(CopyStanding.Of(Entry(), ["bucket"]));

        Assert.Equal(("bucket", CopyState.Missing, Then, null), (standing.Place, standing.State, standing.Since, standing.VerifiedAt));
    }

    [Fact]
    public void A_copy_that_failed_says_since_when_and_why()
    {
        var standing = Assert.Single(CopyStanding.Of(Entry(Copy() with { State = CopyState.Missing, Problem = "The bucket is down." }), ["bucket"]));

        Assert.Equal((CopyState.Missing, Then.AddMinutes(1), "The bucket is down."), (standing.State, standing.Since, standing.Problem));
    }

    [Fact]
    public void A_good_copy_is_missing_since_never()
    {
        var standing = Assert.Single(CopyStanding.Of(Entry(Copy()), ["bucket"]));

        Assert.Equal((CopyState.Good, null, Then.AddMinutes(2)), (standing.State, standing.Since, standing.VerifiedAt));
    }

    [Fact]
    public void A_copy_of_another_file_of_this_name_is_no_copy_of_this_one()
    {
        var standing = Assert.Single(CopyStanding.Of(Entry(Copy() with { Sha256 = new string('f', 64) }), ["bucket"]));

        Assert.Equal((CopyState.Damaged, Then.AddMinutes(1)), (standing.State, standing.Since));
        Assert.Equal("It is a copy of another file of this name.", standing.Problem);
    }

    [Fact]
    public void A_copy_where_none_is_wanted_any_more_is_still_told()
    {
        Assert.Equal(["folder", "bucket"], CopyStanding.Of(Entry(Copy()), ["folder"]).Select(standing => standing.Place));
        Assert.Equal(["folder"], CopyStanding.Of(Entry(Copy() with { State = CopyState.Missing }), ["folder"]).Select(standing => standing.Place));
    }

    [Fact]
    public void A_test_backup_wants_no_copy()
    {
        var entry = Entry();

        Assert.Empty(CopyStanding.Of(entry with { Manifest = entry.Manifest with { Kind = BackupKind.Test } }, ["bucket"]));
    }

    private static BackupCopy Copy() => new()
    {
        Id = "bucket/backup-staging-20261123-030000.gz",
        Archive = "backup-staging-20261123-030000.gz",
        Place = "bucket",
        Environment = "staging",
        Sha256 = new string('0', 64),
        State = CopyState.Good,
        WantedAt = Then.AddMinutes(1),
        VerifiedAt = Then.AddMinutes(2),
    };

    private static BackupEntry Entry(params BackupCopy[] copies) => new()
    {
        Manifest = new BackupManifest
        {
            Archive = "backup-staging-20261123-030000.gz",
            Environment = "staging",
            Database = "dnd",
            ServerVersion = "7.0.0",
            Consistency = Consistency.Snapshot,
            StartedAt = Then.AddMinutes(-1),
            FinishedAt = Then,
            RunId = "6b04da488268d8871e3b1a00",
            Actor = "schedule",
            Reason = "Nightly backup",
            Bytes = 1,
            Sha256 = new string('0', 64),
            Collections = [],
        },
        FileBytes = 1,
        Age = TimeSpan.FromHours(1),
        Standing = BackupStanding.Good,
        Copies = copies,
    };
}
