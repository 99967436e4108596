using Dashboard.Operations.Deployments;
using Dashboard.Operations.Platforms;

namespace Dashboard.Operations.Tests.Deployments;

public sealed class RollbackTargetsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 14, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(ReleaseState.Failed)]
    [InlineData(ReleaseState.Interrupted)]
    [InlineData(ReleaseState.Unfinished)]
    public void Going_back_again_after_half_a_rollback_means_the_same_version(ReleaseState state)
    {
        var back = Back(4, "a", before: "b", origin: "2") with { State = state };

        Assert.Equal("2", TargetOf(["a", "b"], back, Deployed(3, "b"), Deployed(2, "a"), Deployed(1, "z")));
        Assert.Equal("2", TargetOf(["a", "a"], back, Deployed(3, "b"), Deployed(2, "a"), Deployed(1, "z")));
    }

    [Fact]
    public void The_platforms_own_record_of_half_a_rollback_changes_nothing()
    {
        var back = Back(4, "a", before: "b", origin: "2") with { State = ReleaseState.Failed };
        var found = Deployed(5, "a") with { Kind = ReleaseKind.Found, State = ReleaseState.Failed, ImageBefore = null };

        Assert.Equal("2", TargetOf(["a", "b"], found, back, Deployed(3, "b"), Deployed(2, "a"), Deployed(1, "z")));
    }

    [Fact]
    public void A_second_half_of_a_rollback_still_leaves_what_the_first_wanted_to()
    {
        var first = Back(4, "a", before: "b", origin: "2") with { State = ReleaseState.Failed };
        var second = Back(5, "a", before: "a", origin: "2") with { State = ReleaseState.Failed };

        Assert.Equal("2", TargetOf(["a", "b"], second, first, Deployed(3, "b"), Deployed(2, "a"), Deployed(1, "z")));
    }

    [Fact]
    public void A_version_that_was_left_deployed_again_and_failed_goes_back_to_what_ran_before_it()
    {
        var again = Deployed(5, "c") with { State = ReleaseState.Failed, ImageBefore = "a" };

        Assert.Equal("4", TargetOf(["c", "c"], again, Back(4, "a", before: "c", origin: "1"), Deployed(3, "c"), Deployed(2, "b"), Deployed(1, "a")));
    }

    [Fact]
    public void A_failed_try_to_release_what_runs_already_does_not_bring_the_left_version_back()
    {
        var again = Deployed(5, "b") with { State = ReleaseState.Failed, ImageBefore = "b" };

        Assert.Equal("1", TargetOf(["b", "b"], again, Back(4, "b", before: "c", origin: "2"), Deployed(3, "c"), Deployed(2, "b"), Deployed(1, "a")));
    }

    [Fact]
    public void What_was_released_past_the_dashboard_after_half_a_rollback_is_what_runs()
    {
        var back = Back(3, "a", before: "b", origin: "1") with { State = ReleaseState.Failed };

        Assert.Equal("2", TargetOf(["x", "x"], Deployed(4, "x") with { Kind = ReleaseKind.Found }, back, Deployed(2, "b"), Deployed(1, "a")));
    }

    private static string? TargetOf(string[] machines, params Release[] releases) => RollbackTargets.EarlierThan(
        new PlatformStatus(1, machines[0], Version: null, [.. machines.Select((image, index) => new Machine($"m{index}", MachineState.Healthy, Now, Note: null, image, 1))]), releases)
        .Select(release => release.Id).FirstOrDefault();

    private static Release Back(int id, string image, string before, string origin) => Deployed(id, image) with { Kind = ReleaseKind.Rollback, ImageBefore = before, GoesBackTo = origin };

    private static Release Deployed(int id, string image) => new()
    {
        Id = $"{id}",
        Environment = "staging",
        Kind = ReleaseKind.Deployment,
        State = ReleaseState.Complete,
        Image = image,
        Actor = "Ada",
        Reason = "a test",
        BegunAt = Now.AddMinutes(id),
    };
}
