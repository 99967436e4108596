using Dashboard.Operations.Audit;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Audit;

/// <summary>What comes too often for an entry each: how many entries there are, who decides it, and what becomes of them while nothing can be written.</summary>
public sealed class AuditTalliesTests(MongoFixture mongo)
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_in_a_span_has_an_entry_and_the_others_have_none()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        var tallies = New(ground);

        for (var look = 0; look < 5; look++)
        {
            tallies.Note(Look("staging"), "t1", Quarter);
            tallies.Note(Look("production"), "t1", Quarter);
            tallies.Note(Look("staging"), "t2", Quarter);
            await tallies.WriteAsync(Token);
        }

        Assert.Equal(["production", "staging", "staging"], (await ground.EntriesAsync()).Select(entry => entry.Fact.Target).Order(StringComparer.Ordinal));
        ground.Time.Advance(Quarter);
        tallies.Note(Look("staging"), "t1", Quarter);
        await tallies.WriteAsync(Token);
        await tallies.SweepAsync(Token);
        Assert.Equal(4, (await ground.EntriesAsync()).Count);
        Assert.Null((await ground.VerifyAsync()).Fault);
    }

    [Fact]
    public async Task Of_several_dashboards_that_note_the_same_one_writes_it()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        var dashboards = Enumerable.Range(0, 6).Select(_ => New(ground)).ToList();

        foreach (var tallies in dashboards)
            tallies.Note(Look("staging"), "t1", Quarter);
        await Task.WhenAll(dashboards.Select(tallies => tallies.WriteAsync(Token)).Concat(dashboards.Select(tallies => tallies.TellAsync(Look("staging"), "t1", Quarter, Token))));

        Assert.Single(await ground.EntriesAsync());
    }

    [Fact]
    public async Task What_is_counted_has_a_second_entry_after_the_span_with_the_number_from_all_dashboards()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        var (one, other) = (New(ground), New(ground));
        for (var post = 0; post < 700; post++)
        {
            one.Note(Look("staging"), "t1", Hour, isCounted: true);
            other.Note(Look("staging"), "t1", Hour, isCounted: true);
        }

        one.Note(Look("production"), "t1", Hour, isCounted: true);
        await Task.WhenAll(one.WriteAsync(Token), other.WriteAsync(Token));
        await one.SweepAsync(Token);
        Assert.Equal(2, (await ground.EntriesAsync()).Count);

        ground.Time.Advance(Hour + TimeSpan.FromMinutes(11));
        await Task.WhenAll(one.SweepAsync(Token), other.SweepAsync(Token));
        await one.SweepAsync(Token);

        var last = Assert.Single((await ground.EntriesAsync()).Skip(2));
        Assert.Equal(("staging", "1,400 in all from 2026-11-27 12:00 to 13:00 UTC"), (last.Fact.Target, last.Fact.After));
    }

    [Fact]
    public async Task While_the_database_is_away_noting_neither_waits_nor_fails_and_the_entry_is_written_afterwards_with_its_moment()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var client = new MongoClient(new MongoUrlBuilder(proxy.Through(mongo.ConnectionString)) { ServerSelectionTimeout = TimeSpan.FromMilliseconds(500) }.ToMongoUrl());
        var database = new DashboardDatabase(client, ground.Database.Database.DatabaseNamespace.DatabaseName);
        using var trail = new AuditTrail(database, ground.Heads, ground.Time);
        using var tallies = new AuditTallies(database, trail, ground.Time, NullLogger<AuditTallies>.Instance);
        proxy.Faults = ProxyFaults.None with { Down = true };

        tallies.Note(Look("staging"), "t1", Quarter);
        await Assert.ThrowsAnyAsync<Exception>(() => tallies.WriteAsync(Token));
        Assert.Empty(await ground.EntriesAsync());

        proxy.Faults = ProxyFaults.None;
        ground.Time.Advance(TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(
            async () =>
            {
                await Record.ExceptionAsync(() => tallies.WriteAsync(Token));
                return (await ground.EntriesAsync()).Count == 1;
            },
            "the entry is written");
        Assert.Equal("at 2026-11-27 12:00:00 UTC; the entry could not be written before", (await ground.EntriesAsync())[0].Fact.After);
    }

    [Fact]
    public async Task An_entry_that_a_process_could_not_write_after_it_was_first_is_written_by_whoever_sweeps()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        var dying = New(ground);
        using (var hook = FailpointHook.Install())
        {
            hook.ThrowAt(Failpoints.AuditWrites, () => new TimeoutException("the disk is full"));
            dying.Note(Look("staging"), "t1", Quarter);
            await Assert.ThrowsAsync<AuditException>(() => dying.WriteAsync(Token));
        }

        var other = New(ground);
        await other.SweepAsync(Token);
        Assert.Empty(await ground.EntriesAsync());
        ground.Time.Advance(TimeSpan.FromSeconds(30));
        await Task.WhenAll(other.SweepAsync(Token), New(ground).SweepAsync(Token));

        Assert.Single(await ground.EntriesAsync());
    }

    [Fact]
    public async Task What_is_not_shown_without_its_entry_is_refused_without_it_and_asked_again()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        var tallies = New(ground);
        using (var hook = FailpointHook.Install())
        {
            hook.ThrowAt(Failpoints.AuditWrites, () => new TimeoutException("the disk is full"));
            await Assert.ThrowsAsync<AuditException>(() => tallies.TellAsync(Look("the trail"), "t1", Quarter, Token));
        }

        await tallies.TellAsync(Look("the trail"), "t1", Quarter, Token);
        await tallies.TellAsync(Look("the trail"), "t1", Quarter, Token);

        Assert.Single(await ground.EntriesAsync());
    }

    [Fact]
    public async Task No_more_kinds_are_kept_than_there_is_room_for()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        var tallies = New(ground);
        for (var look = 0; look < AuditTallies.MostWaiting + 50; look++)
            tallies.Note(Look($"run {look}"), "t1", Quarter);

        await tallies.WriteAsync(Token);

        Assert.Equal(AuditTallies.MostWaiting, (await ground.EntriesAsync()).Count);
    }

    private static AuditFact Look(string target) => AuditGround.Fact(target, "read-logs", AuditOutcome.Done) with { After = null };

    private static AuditTallies New(AuditGround ground) => new(ground.Database, ground.NewTrail(), ground.Time, NullLogger<AuditTallies>.Instance);
}
