using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Audit;

/// <summary>AU1, AU2, AU6 within one process: what an entry holds, how it follows the one before, and what happens when it cannot be written.</summary>
public sealed class AuditTrailTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_comes_back_with_everything_it_was_given()
    {
        var ground = await AuditGround.MakeAsync(mongo);

        var entry = await ground.Trail.AppendAsync(AuditGround.Fact(), Token);

        Assert.Equal(entry, Assert.Single(await ground.EntriesAsync()));
        Assert.Equal((1L, AuditEntry.NoHash, ground.Time.GetUtcNow()), (entry.Sequence, entry.PreviousHash, entry.At));
        Assert.Equal(AuditGround.Fact(), entry.Fact);
        Assert.DoesNotContain(AuditForm.ValuesOf(entry), string.IsNullOrEmpty);
    }

    [Fact]
    public async Task Each_entry_holds_the_hash_of_the_one_before()
    {
        var ground = await AuditGround.MakeAsync(mongo);

        await ground.AppendAsync(5);

        var entries = await ground.EntriesAsync();
        Assert.Equal([1L, 2, 3, 4, 5], entries.Select(entry => entry.Sequence));
        Assert.Equal([AuditEntry.NoHash, .. entries.Take(4).Select(entry => entry.Hash)], entries.Select(entry => entry.PreviousHash));
        Assert.Equal(5, entries.Select(entry => entry.Ticket).Distinct().Count());
    }

    [Fact]
    public async Task Many_that_write_at_once_make_one_chain()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        var trails = Enumerable.Range(0, 4).Select(_ => ground.NewTrail()).ToList();

        await Task.WhenAll(Enumerable.Range(0, 80).Select(number => trails[number % 4].AppendAsync(AuditGround.Fact($"target-{number}"), Token)));

        var verdict = await ground.VerifyAsync();
        Assert.Null(verdict.Fault);
        Assert.Equal(80, verdict.Entries);
        Assert.Equal(80, (await ground.EntriesAsync()).Select(entry => entry.Fact.Target).Distinct().Count());
    }

    [Theory]
    [InlineData("half a pair \ud83d")]
    [InlineData("nothing \0 here")]
    [InlineData("two\r\nlines\u2028and\u2029more\u0085")]
    [InlineData("übung 🐉 e\u0301")]
    public async Task Whatever_a_text_holds_its_entry_verifies(string text)
    {
        var ground = await AuditGround.MakeAsync(mongo);
        await ground.Trail.AppendAsync(AuditGround.Fact(text) with { Reason = text, RequestId = "half \ud83d", Before = new string('x', AuditFact.LongestText - 1) + "🐉", After = new string('y', 10_000) }, Token);

        Assert.Null((await ground.VerifyAsync()).Fault);
        Assert.EndsWith("… (cut from 10000 characters)", (await ground.EntriesAsync())[0].Fact.After, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AuditOutcome.Asked, "'restore-backup' of production was not done, because its audit entry could not be written: ")]
    [InlineData(AuditOutcome.Refused, "'restore-backup' of production was not done, because its audit entry could not be written: ")]
    [InlineData(AuditOutcome.Done, "Whether 'restore-backup' of production was done is not in the audit trail, because the entry could not be written: ")]
    [InlineData(AuditOutcome.Failed, "Whether 'restore-backup' of production was done is not in the audit trail, because the entry could not be written: ")]
    public async Task Says_in_a_sentence_what_was_not_done_when_the_store_is_down(AuditOutcome outcome, string sentence)
    {
        var ground = await AuditGround.MakeAsync(mongo);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var trail = Through(proxy, ground, TimeProvider.System);
        await trail.AppendAsync(AuditGround.Fact(), Token);

        proxy.Faults = new ProxyFaults { Down = true };
        var refusal = await Assert.ThrowsAsync<AuditException>(() => trail.AppendAsync(AuditGround.Fact(outcome: outcome), Token));
        proxy.Faults = ProxyFaults.None;
        await trail.AppendAsync(AuditGround.Fact(), Token);

        Assert.StartsWith(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refusal.Message, StringComparison.Ordinal);
        Assert.Null((await ground.VerifyAsync()).Fault);
    }

    [Fact]
    public async Task Gives_up_a_store_that_does_not_answer_after_five_seconds()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        var time = new FakeTimeProvider();
        using var trail = Through(proxy, ground, time);
        await trail.AppendAsync(AuditGround.Fact(), Token);

        proxy.Faults = new ProxyFaults { HoldAnswers = true };
        var writing = trail.AppendAsync(AuditGround.Fact(), Token);
        time.Advance(AuditTrail.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(writing.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        var refusal = await Assert.ThrowsAsync<AuditException>(() => writing);
        Assert.Contains("did not take it within 5 seconds", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_was_lost_leaves_one_chain()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var trail = Through(proxy, ground, TimeProvider.System);
        await trail.AppendAsync(AuditGround.Fact("first"), Token);

        proxy.Faults = new ProxyFaults { ResetAfterRequest = "insert", ResetTimes = 1 };
        await Record.ExceptionAsync(() => trail.AppendAsync(AuditGround.Fact("second"), Token));
        proxy.Faults = ProxyFaults.None;
        await trail.AppendAsync(AuditGround.Fact("third"), Token);

        Assert.Null((await ground.VerifyAsync()).Fault);
        Assert.Equal(["first", "second", "third"], (await ground.EntriesAsync()).Select(entry => entry.Fact.Target));
    }

    [Fact]
    public async Task Whoever_cancels_is_told_so_and_not_of_a_failure()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ground.Trail.AppendAsync(AuditGround.Fact(), cancelled.Token));
    }

    [Fact]
    public async Task Pages_go_from_the_newest_down_and_are_narrowed_by_each_field()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        await ground.AppendAsync(5);
        ground.Time.Advance(TimeSpan.FromHours(1));
        await ground.Trail.AppendAsync(
            new AuditFact { Actor = "Vic", Role = "viewer", Door = Door.Api, Action = "sign-in", Target = "Vic", Environment = "staging", Outcome = AuditOutcome.Refused }, Token);
        var history = new AuditHistory(ground.Database);

        async Task<IEnumerable<long>> Of(AuditQuery query) => (await history.ListAsync(query, Token)).Select(entry => entry.Sequence);

        Assert.Equal([6L, 5], await Of(new AuditQuery(Limit: 2)));
        Assert.Equal([4L, 3], await Of(new AuditQuery(Limit: 2, Below: 5)));
        Assert.Equal([6L], await Of(new AuditQuery(Actor: "Vic")));
        Assert.Equal([6L], await Of(new AuditQuery(Action: "sign-in")));
        Assert.Equal([6L], await Of(new AuditQuery(Environment: "staging")));
        Assert.Equal([2L], await Of(new AuditQuery(Target: "target-2")));
        Assert.Equal([6L], await Of(new AuditQuery(Outcome: AuditOutcome.Refused)));
        Assert.Equal([6L], await Of(new AuditQuery(From: ground.Time.GetUtcNow())));
        Assert.Equal([5L, 4, 3, 2, 1], await Of(new AuditQuery(To: ground.Time.GetUtcNow())));
        Assert.Equal("target-3", (await history.FindAsync(3, Token))?.Fact.Target);
    }

    private static AuditTrail Through(FaultProxy proxy, AuditGround ground, TimeProvider time)
    {
        var settings = MongoClientSettings.FromConnectionString(proxy.Through(TestConnection));
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(1);
        var database = new DashboardDatabase(new MongoClient(settings), ground.Database.Database.DatabaseNamespace.DatabaseName);
        return new AuditTrail(database, new AuditHeads(database, time, NullLogger<AuditHeads>.Instance), time);
    }

    private static string TestConnection => MongoFixture.Current.ConnectionString;
}
