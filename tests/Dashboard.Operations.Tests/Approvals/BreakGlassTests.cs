using Dashboard.Operations.Alerts;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Approvals;

/// <summary>Whoever goes on without the second person does not go unnoticed, whatever becomes of the process that let him.</summary>
public sealed class BreakGlassTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Failpoints.RunStored)]
    [InlineData(Failpoints.AlertStores)]
    [InlineData(Failpoints.AlertStored)]
    public async Task What_a_killed_process_did_not_tell_is_told_by_whoever_looks_and_once(string point)
    {
        await using var ground = await MakeAsync();
        await using (var worker = await WorkerProcess.StartAsync(ground.Settings, $"{point}=kill", "break-glass", "ledger-operation", "staging"))
            Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");
        var run = Assert.Single(await ground.Engine.History.ActiveAsync(Token));
        Assert.Equal((true, false), (run.BrokeGlass, run.IsGlassTold));

        using var other = new TestEngine(ground.Settings);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => (number % 2 == 0 ? ground.Engine : other).Get<BreakGlass>().SweepAsync(Token)));

        await AssertToldOnceAsync(ground.Engine, run.Id);
        Assert.Equal(RunState.Succeeded, (await ground.Engine.Runner.RunAsync(run.Id, Token))?.State);
    }

    [Fact]
    public async Task What_was_told_by_a_process_that_died_before_it_could_note_that_is_not_told_again()
    {
        await using var ground = await MakeAsync();
        var run = await BreakAsync(ground.Engine);
        var runs = ground.Engine.Database.Database.GetCollection<BsonDocument>("runs");
        await runs.UpdateOneAsync(new BsonDocument("_id", run.Id), new BsonDocument("$set", new BsonDocument("isGlassTold", false)), cancellationToken: Token);

        await ground.Engine.Get<BreakGlass>().SweepAsync(Token);

        await AssertToldOnceAsync(ground.Engine, run.Id);
    }

    [Fact]
    public async Task The_run_is_accepted_although_nobody_can_be_told_now_and_the_next_look_tells()
    {
        await using var ground = await MakeAsync();
        Run run;
        using (var hook = FailpointHook.Install())
        {
            hook.ThrowAt(Failpoints.AlertStores, () => new TimeoutException("the disk is full"));
            run = await BreakAsync(ground.Engine);
        }

        Assert.False((await ground.Engine.FindAsync(run.Id)).IsGlassTold);
        await ground.Engine.Get<BreakGlass>().SweepAsync(Token);

        await AssertToldOnceAsync(ground.Engine, run.Id);
    }

    [Fact]
    public async Task A_run_that_broke_nothing_is_not_told()
    {
        await using var ground = await MakeAsync();
        var run = await ground.Engine.RunAsync("ledger-operation", "production", stopping: Token);

        await ground.Engine.Get<BreakGlass>().SweepAsync(Token);

        Assert.Null((await ground.Engine.FindAsync(run.Id)).IsGlassTold);
        Assert.Empty(await NoticesAsync(ground.Engine));
    }

    private Task<EngineGround> MakeAsync() => EngineGround.MakeAsync(
        mongo, Token, settings => settings with { Approvals = [new ApprovalRule("ledger-operation", "staging", TimeSpan.FromHours(1))] });

    private static async Task<Run> BreakAsync(TestEngine engine) =>
        Assert.IsType<IntakeResult.Accepted>(await engine.Intake.AcceptAsync(TestEngine.Call("ledger-operation") with { BreaksGlass = true }, Token)).Run;

    private static async Task AssertToldOnceAsync(TestEngine engine, string runId)
    {
        Assert.True((await engine.FindAsync(runId)).IsGlassTold);
        var notice = Assert.Single(await NoticesAsync(engine));
        Assert.Contains($"Tess went on without the second person: a test (run {runId})", notice.Message, StringComparison.Ordinal);
        Assert.Single(notice.Outbox);
        var incident = Assert.Single((await engine.Get<IncidentPages>().ReadAsync(1, Token)).Open);
        Assert.Equal(IncidentId.Of(runId), incident.Id);
    }

    private static async Task<IReadOnlyList<Alert>> NoticesAsync(TestEngine engine) =>
        [.. (await engine.Get<AlertBook>().ListAsync(new AlertQuery("staging", WithAnnouncements: true), Token)).Where(alert => alert.Rule == "break-glass")];
}
