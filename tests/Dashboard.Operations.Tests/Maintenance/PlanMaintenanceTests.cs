using System.Text.Json.Nodes;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Maintenance;

public sealed class PlanMaintenanceTests(MongoFixture mongo) : EngineTest(mongo)
{
    private MaintenanceWindows Windows => Engine.Get<MaintenanceWindows>();

    [Fact]
    public async Task Announces_a_window_and_switches_nothing()
    {
        var run = await PlanAsync("2099-03-01 10:00", "2099-03-01T12:30+01:00");

        Assert.Equal(RunState.Succeeded, run.State);
        var window = Assert.Single(await Windows.AheadAsync(Token));
        Assert.Equal((new DateTimeOffset(2099, 3, 1, 10, 0, 0, TimeSpan.Zero), new DateTimeOffset(2099, 3, 1, 11, 30, 0, TimeSpan.Zero)), (window.Start, window.End));
        Assert.Equal((WindowState.Planned, "New hosts", "We move.", "staging"), (window.State, window.Title, window.Notice, window.Environment));
        Assert.Null(await Windows.OpenAsync("staging", Token));
    }

    [Theory]
    [InlineData("2099-03-01 09:00", "2099-03-01 10:01")]
    [InlineData("2099-03-01 11:59", "2099-03-01 13:00")]
    [InlineData("2099-03-01 10:30", "2099-03-01 11:00")]
    public async Task Refuses_one_that_overlaps_another_of_the_environment(string start, string end)
    {
        await PlanAsync("2099-03-01 10:00", "2099-03-01 12:00");

        var refused = await PlanAsync(start, end);
        var elsewhere = await PlanAsync(start, end, "production");

        Assert.Equal(RunState.Failed, refused.State);
        Assert.Matches("^It overlaps 'New hosts' until 2099-03-01 12:00 UTC \\(from 2099-03-01 10:00 UTC, planned, window [0-9a-f]{24}\\); cancel that one or choose another time\\. Nothing was planned\\.$", refused.Message);
        Assert.Equal(RunState.Succeeded, elsewhere.State);
        Assert.Equal(2, (await Windows.AheadAsync(Token)).Count);
    }

    [Fact]
    public async Task Allows_one_that_begins_when_another_ends()
    {
        await PlanAsync("2099-03-01 10:00", "2099-03-01 12:00");

        Assert.Equal(RunState.Succeeded, (await PlanAsync("2099-03-01 12:00", "2099-03-01 13:00")).State);
        Assert.Equal(RunState.Succeeded, (await PlanAsync("2099-03-01 09:00", "2099-03-01 10:00")).State);
    }

    [Fact]
    public async Task Leaves_no_two_that_overlap_when_many_plan_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PlanAsync("2099-03-01 10:00", "2099-03-01 12:00")));

        Assert.InRange((await Windows.AheadAsync(Token)).Count, 0, 1);
    }

    [Theory]
    [InlineData("2001-03-01 10:00", "2001-03-01 12:00", "Its end is past. Nothing was planned.")]
    [InlineData("2099-03-01 10:00", "2099-03-09 12:00", "It is longer than a week. Nothing was planned.")]
    [InlineData("now", "2001-03-09 12:00", "It ends before it starts. Nothing was planned.")]
    public async Task Says_what_is_wrong_with_the_time(string start, string end, string message)
    {
        if (start == "now")
            start = "2099-01-01 00:00:00";
        if (end.StartsWith("2001-03-09", StringComparison.Ordinal))
            end = "+1h";
        var run = await PlanAsync(start, end);

        Assert.Equal((RunState.Failed, message), (run.State, run.Message));
        Assert.Empty(await Windows.AheadAsync(Token));
    }

    [Fact]
    public async Task Collects_every_error_of_a_request()
    {
        var result = await Engine.Intake.AcceptAsync(TestEngine.Call("plan-maintenance", request: []), Token);

        Assert.Equal(["start", "title"], Assert.IsType<IntakeResult.Invalid>(result).Errors.Keys.Order(StringComparer.Ordinal).ToArray());
    }

    [Fact]
    public async Task Takes_its_window_back_when_it_was_killed_before_it_looked_for_others()
    {
        await PlanAsync("2099-03-01 10:00", "2099-03-01 12:00");
        using var dying = new TestEngine(Ground.Settings with { LeaseDuration = TimeSpan.FromSeconds(2) });
        var runId = await dying.AcceptAsync("plan-maintenance", request: Request("2099-03-01 13:00", "2099-03-01 14:00"));
        await using (var worker = await WorkerProcess.StartAsync(dying.Settings, "window.stored=kill@1", "run", runId))
            Assert.Equal(137, await worker.ExitAsync());

        var ended = await Invariants.RunEndsAsync(Engine, runId, Token);
        await Eventually.TrueAsync(
            async () =>
            {
                await Engine.Watch.SweepAsync(Token);
                return (await Engine.FindAsync(runId)).RecoveredAt is not null;
            },
            "it is recovered");

        Assert.Equal(RunState.Interrupted, ended.State);
        Assert.Equal("the window 'New hosts' is planned", (await Engine.FindAsync(runId)).Cleared);
        Assert.Equal(2, (await Windows.AheadAsync(Token)).Count);
    }

    [Fact]
    public async Task A_planned_window_can_be_cancelled_and_another_one_not()
    {
        var planned = await PlanAsync("2099-03-01 10:00", "2099-03-01 12:00");
        var request = new JsonObject { ["window"] = planned.Id };

        var elsewhere = await Engine.RunAsync("cancel-maintenance", "production", request, stopping: Token);
        var cancelled = await Engine.RunAsync("cancel-maintenance", request: request, stopping: Token);
        var again = await Engine.RunAsync("cancel-maintenance", request: request, stopping: Token);

        Assert.Equal((RunState.Failed, $"production has no window {planned.Id}; see the page of maintenance."), (elsewhere.State, elsewhere.Message));
        Assert.Equal((RunState.Succeeded, "The window 'New hosts' of staging is cancelled."), (cancelled.State, cancelled.Message));
        Assert.Equal((RunState.Succeeded, "The window 'New hosts' of staging was cancelled already."), (again.State, again.Message));
        Assert.Equal(WindowState.Cancelled, Assert.Single(await Windows.PastAsync(5, Token)).State);
    }

    private static JsonObject Request(string start, string end) => new() { ["start"] = start, ["end"] = end, ["title"] = "New hosts", ["notice"] = "We move." };

    private Task<Run> PlanAsync(string start, string end, string environment = "staging") =>
        Engine.RunAsync("plan-maintenance", environment, Request(start, end), stopping: Token);
}
