using Dashboard.Operations.Deployments;
using Dashboard.Operations.Migrations;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Deployments;

public sealed class RollbackSinceTests
{
    private static readonly DateTimeOffset Made = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_the_release_command_of_a_found_release_migrated_belongs_to_it()
    {
        var since = Of([Found("1", Made)], Entry("2", Made.AddSeconds(40)), Entry("3", Made.AddMinutes(6)));

        Assert.Equal("3", Told(since));
    }

    [Fact]
    public void What_the_dashboard_took_over_later_still_belongs_to_the_found_release()
    {
        var since = Of([Found("1", Made)], Entry("2", Made.AddSeconds(40), run: Made.AddDays(1)));

        Assert.Equal("", Told(since));
    }

    [Fact]
    public void What_a_run_of_the_dashboard_migrated_right_after_it_came_since()
    {
        var since = Of([Found("1", Made)], Entry("2", Made.AddMinutes(2), run: Made.AddMinutes(1)));

        Assert.Equal("2", Told(since));
    }

    [Fact]
    public void What_the_next_release_migrated_came_since_however_soon()
    {
        var next = Found("2", Made.AddMinutes(1)) with { Id = "run", Kind = ReleaseKind.Deployment, Migrated = ["2"] };
        var since = Of([next, Found("1", Made)], Entry("2", Made.AddMinutes(2)));

        Assert.Equal("2", Told(since));
    }

    [Fact]
    public void Nobody_guesses_whose_it_is_when_the_next_release_began_meanwhile()
    {
        Release[] releases = [Found("2", Made.AddMinutes(1)), Found("1", Made)];
        var since = Of(releases, Entry("2", Made.AddSeconds(40)), Entry("3", Made.AddMinutes(2)));

        Assert.Equal("3?", Told(since));
        var verdict = RollbackVerdict.NotTold(since.Unclear, releases[1], since.Next);
        Assert.Equal(RollbackWay.Undecided, verdict.Way);
        Assert.Equal(
            "A person must decide: it cannot be told whether 3 belongs to dnd-tracker:1 or came after it, because dnd-tracker:2 began while the release command of dnd-tracker:1 may still have run. Choose app, migration or database.",
            verdict.Sentence);
    }

    [Fact]
    public void One_that_only_adds_needs_nobody_to_decide()
    {
        var since = Of([Found("2", Made.AddMinutes(1)), Found("1", Made)], Entry("3", Made.AddMinutes(2)) with { AddsOnly = true });

        Assert.Equal("3", Told(since));
    }

    [Fact]
    public void Of_a_deployment_of_the_dashboard_the_end_is_known()
    {
        var target = Found("1", Made) with { Kind = ReleaseKind.Deployment, EndedAt = Made.AddMinutes(1) };
        var since = Of([target], Entry("2", Made.AddSeconds(40)), Entry("3", Made.AddMinutes(2)));

        Assert.Equal("3", Told(since));
    }

    private static RollbackSince Of(Release[] releases, params MigrationEntry[] entries) => RollbackSince.Of(releases[^1], releases, new MigrationStatus(entries, []));

    private static string Told(RollbackSince since) => $"{string.Join(", ", since.Entries.Select(entry => entry.Version))}{(since.IsUnclear ? "?" : string.Empty)}";

    private static Release Found(string version, DateTimeOffset at) => new()
    {
        Id = $"staging-v{version}",
        Environment = "staging",
        Kind = ReleaseKind.Found,
        State = ReleaseState.Complete,
        Image = $"dnd-tracker:{version}",
        Actor = "Grace",
        Reason = "Made past this dashboard.",
        BegunAt = at,
        EndedAt = at,
    };

    private static MigrationEntry Entry(string version, DateTimeOffset at, DateTimeOffset? run = null) => new(
        version, $"migration {version}", $"{version}.json", MigrationState.Executed, Sequence: null, at, Took: null, HasDown: true, DestroysData: false, AddsOnly: false,
        Release: null, Actor: null, run is { } begun ? ObjectId.GenerateNewId((int)begun.ToUnixTimeSeconds()).ToString() : null, Note: null);
}
