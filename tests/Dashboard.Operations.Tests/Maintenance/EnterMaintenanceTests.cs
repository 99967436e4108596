using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Maintenance;

public sealed class EnterMaintenanceTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backs_up_takes_the_pages_down_and_keeps_a_record()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.FillAsync("staging", Token);

        var run = await ground.Engine.RunConfirmedAsync("enter-maintenance", request: new JsonObject { ["minutes"] = 30, ["message"] = "New hosts." });

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Contains("GET / answers 503 with Retry-After, and /api/health is healthy", run.Message, StringComparison.Ordinal);
        var window = Assert.IsType<MaintenanceWindow>(await ground.Windows.OpenAsync("staging", Token));
        Assert.Equal(("New hosts.", "Tess", "a test", Path.GetFileName(run.Facts["archive"])), (window.Notice, window.OpenedBy, window.Reason, window.Backup));
        Assert.Equal([run.Id], window.RunIds);
        Assert.NotNull(window.SeenAt);
        Assert.Null(window.ChangingRun);
        var flag = await ground.FlagsOf("staging").Find(new BsonDocument("_id", "mode")).SingleAsync(Token);
        Assert.Equal((true, "New hosts.", window.End.UtcDateTime), (flag["enabled"].AsBoolean, flag["message"].AsString, flag["until"].ToUniversalTime()));
        Assert.Null(await ground.Windows.OpenAsync("production", Token));
        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, Token);
    }

    [Fact]
    public async Task Says_so_and_changes_nothing_when_it_is_on_already()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        var first = await ground.EnterAsync();

        Assert.Null((await ground.Engine.Intake.PreviewAsync(TestEngine.Call("enter-maintenance"), Token)).Plan);
        var again = await ground.Engine.RunAsync("enter-maintenance", stopping: Token);

        Assert.Equal(RunState.Succeeded, again.State);
        Assert.Matches("^Maintenance of staging is on already: 'Maintenance' until .* UTC, opened by Tess at .* UTC\\. Nothing was changed\\.$", again.Message);
        Assert.Equal([first.Id], (await ground.Windows.OpenAsync("staging", Token))?.RunIds);
    }

    [Fact]
    public async Task Is_not_switched_on_without_the_backup_that_is_its_gate()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.FillAsync("staging", Token);
        using var hook = FailpointHook.Install();
        hook.ThrowAt(Operations.Faults.Failpoints.FilePublishes, () => new IOException("No space left on device"));

        var run = await ground.Engine.RunConfirmedAsync("enter-maintenance");

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith("Maintenance of staging was not switched on, because there is no backup. The backup could not be written: No space left on device.", run.Message, StringComparison.Ordinal);
        Assert.False(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task Shows_a_skipped_backup_as_a_warning()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);

        var plan = (await ground.Engine.Intake.PreviewAsync(TestEngine.Call("enter-maintenance", request: MaintenanceGround.NoBackup()), Token)).Plan;

        Assert.Equal(PlanVerdict.Warning, plan?.Checks.Single(check => check.Name == "Backup").Verdict);
        Assert.DoesNotContain(plan!.Steps, step => step.What.Contains("backup", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Is_taken_back_when_the_application_does_not_obey()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        ground.Obeys = false;

        var run = await ground.Engine.RunConfirmedAsync("enter-maintenance", request: MaintenanceGround.NoBackup());

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith("staging is not in maintenance; what was switched was switched back. GET / answers 200, not 503: the application does not obey the switch 'database'", run.Message, StringComparison.Ordinal);
        Assert.False(await ground.AgreeAsync("staging", Token));
        Assert.Equal(WindowState.Cancelled, (await ground.Windows.PastAsync(5, Token)).Single().State);
    }

    [Fact]
    public async Task Waits_for_the_allowed_time_unless_it_is_an_emergency()
    {
        var never = new MaintenanceRules { AllowedDays = [DateTimeOffset.UnixEpoch.AddDays(((int)TimeProvider.System.GetUtcNow().DayOfWeek + 6) % 7).DayOfWeek] };
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token, settings => settings with { Migration = settings.Migration with { Maintenance = never } });

        var refused = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("enter-maintenance", request: MaintenanceGround.NoBackup()) with { Confirm = "staging" }, Token);
        var run = await ground.Engine.RunConfirmedAsync("enter-maintenance", request: MaintenanceGround.NoBackup(("emergency", true)));

        Assert.Contains("say that it is an emergency", Assert.IsType<IntakeResult.Blocked>(refused).Sentence, StringComparison.Ordinal);
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.True(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task Opens_the_planned_window_that_it_is_told()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        var planned = await ground.Engine.RunAsync("plan-maintenance", request: new JsonObject { ["start"] = "+1h", ["end"] = "+2h", ["title"] = "New hosts", ["notice"] = "We move." }, stopping: Token);

        var run = await ground.EnterAsync(request: MaintenanceGround.NoBackup(("window", planned.Facts["window"])));

        var window = Assert.IsType<MaintenanceWindow>(await ground.Windows.OpenAsync("staging", Token));
        Assert.Equal((planned.Id, "New hosts", "We move."), (window.Id, window.Title, window.Notice));
        Assert.Equal([planned.Id, run.Id], window.RunIds);
        Assert.True(await ground.AgreeAsync("staging", Token));
    }

    [Theory]
    [InlineData("""{"until": "tomorrow"}""", "until", "'tomorrow' is no time")]
    [InlineData("""{"until": "+2h", "minutes": 3}""", "minutes", "Say until or minutes, not both.")]
    [InlineData("""{"minutes": 0}""", "minutes", "The field Minutes must be between 1 and 10080.")]
    public async Task Refuses_a_request_that_does_not_fit(string request, string field, string error)
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);

        var result = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("enter-maintenance", request: JsonNode.Parse(request)!.AsObject()), Token);

        Assert.StartsWith(error, Assert.IsType<IntakeResult.Invalid>(result).Errors[field].Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Releases_the_running_image_with_the_variable_where_that_is_the_way()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token, settings => settings with { MaintenanceSwitch = MaintenanceSwitch.Release });

        await ground.EnterAsync();
        var left = await ground.Engine.RunConfirmedAsync("leave-maintenance");

        Assert.Equal((RunState.Succeeded, left.Message), (left.State, left.Message));
        Assert.Equal(["dnd-tracker:1.0.0 true", "dnd-tracker:1.0.0 false"], ground.Engine.Platform.Deployments.Select(one => $"{one.Image} {one.Variables!["MAINTENANCE_MODE"]}"));
        Assert.False(await ground.IsFlagOnAsync("staging", Token));
    }

    [Fact]
    public async Task Says_what_the_platform_said_when_the_release_fails()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token, settings => settings with { MaintenanceSwitch = MaintenanceSwitch.Release });
        ground.Engine.Platform.OnDeploy = deployment => deployment.Variables!["MAINTENANCE_MODE"] == "true"
            ? Task.FromException(new PlatformException(PlatformFailure.Unhealthy, "No machine became healthy."))
            : Task.CompletedTask;

        var run = await ground.Engine.RunConfirmedAsync("enter-maintenance", request: MaintenanceGround.NoBackup());

        Assert.Equal("staging is not in maintenance; what was switched was switched back. No machine became healthy.", run.Message);
        Assert.Null(await ground.Windows.OpenAsync("staging", Token));
    }

    [Fact]
    public async Task Can_be_cancelled_while_it_backs_up_and_not_any_more_while_it_switches()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.FillAsync("staging", Token);
        using var hook = FailpointHook.Install();
        var reading = hook.PauseAt(Operations.Faults.Failpoints.FileWrites);
        var runId = await ground.Engine.ConfirmAsync("enter-maintenance");
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await reading.ReachedAsync();
        await ground.Engine.Runs.CancelAsync(runId, "Ann", Token);
        await Eventually.TrueAsync(async () => (await ground.Engine.Runs.BeatAsync(runId, Token))?.CancelRequestedBy is not null, "the cancel is stored");
        reading.Release();

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.False(await ground.AgreeAsync("staging", Token));

        var switching = hook.PauseAt(Operations.Faults.Failpoints.ModeSwitches);
        var second = await ground.Engine.ConfirmAsync("enter-maintenance", request: MaintenanceGround.NoBackup());
        var going = ground.Engine.Runner.RunAsync(second, Token);
        await switching.ReachedAsync();
        await ground.Engine.Runs.CancelAsync(second, "Ann", Token);
        switching.Release();

        Assert.Equal(RunState.Succeeded, (await going)?.State);
        Assert.True(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task Runs_once_however_often_it_is_delivered()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        using var hook = FailpointHook.Install();
        var entering = await ground.Engine.ConfirmAsync("enter-maintenance", request: MaintenanceGround.NoBackup());
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ground.Engine.Runner.RunAsync(entering, Token)));
        await Invariants.RunEndsAsync(ground.Engine, entering, Token);
        var leaving = await ground.Engine.ConfirmAsync("leave-maintenance");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ground.Engine.Runner.RunAsync(leaving, Token)));
        await Invariants.RunEndsAsync(ground.Engine, leaving, Token);

        Assert.Equal(2, hook.CountOf(Operations.Faults.Failpoints.BodyBegins));
        Assert.Equal(2, hook.CountOf(Operations.Faults.Failpoints.ModeSwitched));
        Assert.False(await ground.AgreeAsync("staging", Token));
    }
}
