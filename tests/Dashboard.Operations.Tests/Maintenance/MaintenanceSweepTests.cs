using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Health;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Maintenance;

/// <summary>What an open window means for everything else: the schedule, health reports, restores, and the hand that writes into the database.</summary>
public sealed class MaintenanceSweepTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_schedule_waits_and_people_are_told()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.FillAsync("staging", Token);
        await ground.EnterAsync();

        var scheduled = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("create-backup", door: Door.Schedule), Token);
        var reading = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("check-health", door: Door.Schedule), Token);
        var elsewhere = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("ledger-operation", "production", door: Door.Schedule), Token);
        var preview = await ground.Engine.Intake.PreviewAsync(TestEngine.Call("create-backup"), Token);
        var person = await ground.Engine.RunAsync("create-backup", stopping: Token);

        Assert.Matches("^staging is in maintenance \\('Maintenance' until .* UTC\\), and scheduled operations wait for its end; the slot passes\\.", Assert.IsType<IntakeResult.Forbidden>(scheduled).Sentence);
        Assert.IsType<IntakeResult.Accepted>(reading);
        Assert.IsType<IntakeResult.Accepted>(elsewhere);
        Assert.Matches("^staging is in maintenance", Assert.Single(preview.Notices));
        Assert.Equal(RunState.Succeeded, person.State);
        var lines = await ground.Engine.History.LinesAsync(person.Id, 0, Token);
        Assert.Contains(lines, line => line.Level == LineLevel.Warning && line.Text.StartsWith("staging is in maintenance", StringComparison.Ordinal));

        await ground.Engine.RunConfirmedAsync("leave-maintenance");
        Assert.IsType<IntakeResult.Accepted>(await ground.Engine.Intake.AcceptAsync(TestEngine.Call("create-backup", door: Door.Schedule), Token));
    }

    [Fact]
    public async Task Health_reports_of_the_time_are_marked()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        var history = ground.Engine.Get<HealthHistory>();
        await ground.Engine.RunAsync("check-health", stopping: Token);
        Assert.False((await history.LatestAsync("staging", Token))?.DuringMaintenance);

        await ground.EnterAsync();
        await ground.Engine.RunAsync("check-health", stopping: Token);
        await ground.Engine.RunAsync("check-health", "production", stopping: Token);

        Assert.True((await history.LatestAsync("staging", Token))?.DuringMaintenance);
        Assert.False((await history.LatestAsync("production", Token))?.DuringMaintenance);
    }

    [Fact]
    public async Task An_overdue_window_is_told_once_and_nothing_is_switched()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.EnterAsync(request: MaintenanceGround.NoBackup(("minutes", 30)));
        using var later = new TestEngine(ground.Ground.Settings, time: new ShiftedTime(TimeSpan.FromMinutes(42)));

        await later.Get<MaintenanceSweep>().SweepAsync(Token);
        var noted = (await ground.Windows.OpenAsync("staging", Token))?.OverdueNotedAt;
        await later.Get<MaintenanceSweep>().SweepAsync(Token);

        Assert.NotNull(noted);
        Assert.Equal(noted, (await ground.Windows.OpenAsync("staging", Token))?.OverdueNotedAt);
        Assert.True(await ground.AgreeAsync("staging", Token));
        var told = Assert.Single(await later.Get<AlertBook>().ListAsync(new AlertQuery("staging", WithAnnouncements: true), Token));
        Assert.Equal(("maintenance-overdue", AlertSeverity.Error, "The maintenance of staging goes on past its end"), (told.Rule, told.Severity, told.Title));
        Assert.Matches("^'Maintenance' was to end at .* UTC\\. Until it is left, visitors see the maintenance page and the alerts of staging are silent: ", told.Message);
    }

    [Fact]
    public async Task A_restore_does_not_leave_maintenance()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.FillAsync("staging", Token);
        var backup = await ground.Engine.RunAsync("create-backup", stopping: Token);
        await ground.EnterAsync();

        var restored = await ground.Engine.RunConfirmedAsync("restore-backup", request: new JsonObject { ["archive"] = Path.GetFileName(backup.Facts["archive"]) });

        Assert.Equal((RunState.Succeeded, restored.Message), (restored.State, restored.Message));
        Assert.True(await ground.AgreeAsync("staging", Token));
        var undone = await ground.Engine.RunConfirmedAsync("undo-restore");
        Assert.Equal((RunState.Succeeded, undone.Message), (undone.State, undone.Message));
        Assert.True(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task A_restore_of_a_backup_of_that_time_does_not_enter_it()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.FillAsync("staging", Token);
        await ground.EnterAsync();
        var backup = await ground.Engine.RunAsync("create-backup", stopping: Token);
        await ground.Engine.RunConfirmedAsync("leave-maintenance");

        var restored = await ground.Engine.RunConfirmedAsync("restore-backup", request: new JsonObject { ["archive"] = Path.GetFileName(backup.Facts["archive"]) });

        Assert.Equal((RunState.Succeeded, restored.Message), (restored.State, restored.Message));
        Assert.False(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task A_flag_that_is_gone_or_false_is_written_again_while_the_window_is_open()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.EnterAsync();
        await ground.DatabaseOf("staging").DropCollectionAsync("maintenance", Token);

        await ground.Sweep.SweepAsync(Token);
        Assert.True(await ground.AgreeAsync("staging", Token));

        await ground.FlagsOf("staging").UpdateOneAsync(new BsonDocument(), new BsonDocument("$set", new BsonDocument("enabled", false)), cancellationToken: Token);
        await ground.Sweep.SweepAsync(Token);
        Assert.True(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task A_late_writer_does_not_switch_on_again_what_is_over()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.EnterAsync();
        var old = Assert.IsType<MaintenanceWindow>(await ground.Windows.OpenAsync("staging", Token));
        await ground.Engine.RunConfirmedAsync("leave-maintenance");

        Assert.False(await MaintenanceFlag.SwitchOnAsync(ground.Engine.Environments.Get("staging"), old, Token));
        Assert.False(await ground.AgreeAsync("staging", Token));
    }
}
