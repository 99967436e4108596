using Dashboard.Operations.Audit;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Audit;

/// <summary>AU1, AU2: no run without its entry, and for each one of how it ended, whoever ended it and however often it is looked for.</summary>
public sealed class RunAuditTests(MongoFixture mongo) : EngineTest(mongo)
{
    [Fact]
    public async Task A_run_has_an_entry_before_it_is_stored_and_one_of_its_end_with_everything_that_is_known()
    {
        var run = await Engine.RunAsync("ledger-operation", stopping: Token);

        var (end, asked) = await PairAsync(run.Id);
        Assert.Equal((AuditOutcome.Asked, AuditOutcome.Done), (asked.Fact.Outcome, end.Fact.Outcome));
        Assert.Equal(
            ("Tess", "administrator", Door.Api, "a test's host", "ledger-operation", "staging", "staging", "a test"),
            (asked.Fact.Actor, asked.Fact.Role, asked.Fact.Door, asked.Fact.From, asked.Fact.Action, asked.Fact.Environment, asked.Fact.Target, asked.Fact.Reason));
        Assert.Equal((run.Request, run.Message), (asked.Fact.After, end.Fact.After));
    }

    [Fact]
    public async Task A_run_whose_process_is_gone_has_its_end_written_by_whoever_looks_and_once()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");
        using var dying = new TestEngine(Ground.Settings with { LeaseDuration = TimeSpan.FromMilliseconds(1) });
        Assert.NotNull(await dying.Runs.ClaimAsync(runId, "a process that died", Token));
        await Invariants.RunEndsAsync(Engine, runId, Token);

        using var other = new TestEngine(Ground.Settings);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => (number % 2 == 0 ? Engine : other).Get<RunAudit>().SweepAsync(Token)));

        Assert.Equal(AuditOutcome.Failed, (await PairAsync(runId)).End.Fact.Outcome);
    }

    [Fact]
    public async Task An_end_that_was_written_by_a_process_that_died_before_it_could_note_that_is_not_written_again()
    {
        var run = await Engine.RunAsync("ledger-operation", stopping: Token);
        var runs = Engine.Database.Database.GetCollection<BsonDocument>("runs");
        await runs.UpdateOneAsync(new BsonDocument("_id", run.Id), new BsonDocument("$set", new BsonDocument { ["isAudited"] = false, ["auditClaimedUntil"] = BsonNull.Value }), cancellationToken: Token);

        await Engine.Get<RunAudit>().SweepAsync(Token);

        await PairAsync(run.Id);
        Assert.True((await runs.Find(new BsonDocument("_id", run.Id)).SingleAsync(Token))["isAudited"].AsBoolean);
    }

    [Fact]
    public async Task Nothing_is_stored_of_a_run_that_cannot_be_written_into_the_trail()
    {
        using var hook = FailpointHook.Install();
        hook.ThrowAt(Failpoints.AuditWrites, () => new TimeoutException("the disk is full"));

        var result = await Engine.Intake.AcceptAsync(TestEngine.Call("ledger-operation"), Token);

        Assert.Equal(
            "'ledger-operation' of staging was not done, because its audit entry could not be written: the disk is full. Look whether the dashboard's database runs and has room, then try again.",
            Assert.IsType<IntakeResult.Unwritten>(result).Sentence);
        Assert.Empty(await Engine.History.ActiveAsync(Token));
        Assert.Null(await Engine.Leases.HolderAsync("staging", Token));
    }

    [Fact]
    public async Task An_end_that_cannot_be_written_is_written_later_and_the_run_has_ended_all_the_same()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");
        using (var hook = FailpointHook.Install())
        {
            hook.ThrowAt(Failpoints.AuditWrites, () => new TimeoutException("the disk is full"));
            Assert.Equal(RunState.Succeeded, (await Engine.Runner.RunAsync(runId, Token))!.State);
        }

        Assert.Single(await EntriesAsync(runId));
        var runs = Engine.Database.Database.GetCollection<BsonDocument>("runs");
        await runs.UpdateOneAsync(new BsonDocument("_id", runId), new BsonDocument("$set", new BsonDocument("auditClaimedUntil", DateTime.UnixEpoch)), cancellationToken: Token);
        await Engine.Get<RunAudit>().SweepAsync(Token);

        Assert.Equal(AuditOutcome.Done, (await PairAsync(runId)).End.Fact.Outcome);
    }

    [Fact]
    public async Task What_was_refused_because_the_environment_is_held_is_written_down_too()
    {
        await Engine.AcceptAsync("ledger-operation");

        Assert.IsType<IntakeResult.LeaseHeld>(await Engine.Intake.AcceptAsync(TestEngine.Call("create-backup"), Token));

        var entries = await Engine.Get<AuditHistory>().ListAsync(new AuditQuery(Action: "create-backup"), Token);
        Assert.Equal([AuditOutcome.Refused, AuditOutcome.Asked], entries.Select(entry => entry.Fact.Outcome));
    }

    private async Task<(AuditEntry End, AuditEntry Asked)> PairAsync(string runId)
    {
        var entries = await EntriesAsync(runId);
        Assert.Equal(2, entries.Count);
        return (entries[0], entries[1]);
    }

    /// <summary>The newest first.</summary>
    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync(string runId) =>
        [.. (await Engine.Get<AuditHistory>().ListAsync(new AuditQuery(Limit: 1000), Token)).Where(entry => entry.Fact.RequestId == runId)];
}
