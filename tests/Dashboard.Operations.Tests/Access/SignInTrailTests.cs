using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Access;

/// <summary>AU2: what the trail says of those who did not get in, or are in no longer, with the reason that they themselves are not told.</summary>
public sealed class SignInTrailTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Says_what_was_wrong()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();
        await ground.AddAsync("Dora");
        await ground.Accounts.DisableAsync("Dora", AccessGround.Asker, Token);

        await ground.TryAsync("wrong");
        await ground.TryAsync(name: "Nobody");
        await ground.TryAsync(name: "Dora");

        Assert.Equal(["wrong password", "there is no such name", "the account is disabled"], (await ground.FactsAsync("sign-in")).Select(fact => fact.Reason));
    }

    [Fact]
    public async Task Has_one_entry_in_a_quarter_of_an_hour_of_tries_that_were_not_looked_at()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();
        for (var guess = 0; guess < 30; guess++)
            await ground.TryAsync("wrong");

        await ground.Tallies.WriteAsync(Token);

        var facts = await ground.FactsAsync("sign-in");
        Assert.Equal(11, facts.Count);
        Assert.Equal(("Tess", AuditOutcome.Refused, "too many tries: it was not looked at", AccessGround.Home), (facts[^1].Target, facts[^1].Outcome, facts[^1].Reason, facts[^1].From));
    }

    [Fact]
    public async Task Names_the_token_that_is_over_whoever_goes_on_with_it()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var revoked = await MakeAsync(ground, "revoked");
        var expired = await MakeAsync(ground, "expired");
        await ground.Tokens.RevokeAsync(revoked[..12], AccessGround.Asker, Token);
        await ground.Tokens.FindAsync(expired, AccessGround.Home, Token);
        ground.Time.Advance(TimeSpan.FromHours(2));

        for (var call = 0; call < 5; call++)
        {
            foreach (var text in new[] { revoked, expired, "dnd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })
                Assert.Null(await ground.Tokens.FindAsync(text, AccessGround.Home, Token));
            await ground.Tallies.WriteAsync(Token);
        }

        var facts = await ground.FactsAsync("use-token");
        Assert.Equal(
            [$"revoked ({revoked[..12]}…): it was revoked by Vic at 2026-11-27 12:00 UTC", $"expired ({expired[..12]}…): it expired at 2026-11-27 13:00 UTC", "unknown: there is no such token"],
            facts.Select(fact => $"{fact.Actor}: {fact.Reason}"));
        Assert.All(facts, fact => Assert.Equal((AuditOutcome.Refused, Door.Api, AccessGround.Home), (fact.Outcome, fact.Door, fact.From)));
    }

    [Fact]
    public async Task Has_the_end_of_each_sign_in_that_ended_by_itself_once_whichever_dashboard_looks()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var sessions = new Sessions(ground.Database, ground.Accounts, ground.Trail, ground.Time);
        var (tess, dora) = (await ground.AddAsync(), await ground.AddAsync("Dora"));
        await sessions.BeginAsync(tess, AccessGround.Home, "a test", Token);
        await sessions.BeginAsync(dora, AccessGround.Home, "a test", Token);
        await ground.Accounts.DisableAsync("Dora", AccessGround.Asker, Token);
        var busy = Sessions.IdOf(await sessions.BeginAsync(tess, "192.0.2.2", "a test", Token));
        var ends = Enumerable.Range(0, 4).Select(_ => new SessionEnds(ground.Database, ground.Tallies, ground.Time)).ToList();

        for (var step = 0; step < 49; step++)
        {
            await Task.WhenAll(ends.Select(end => end.SweepAsync(Token)));
            ground.Time.Advance(TimeSpan.FromMinutes(15));
            await sessions.UseAsync(busy, Token);
        }

        Assert.Equal(
            [
                "Dora: the account was disabled, or its rights, password or second factor were changed; signed in at 2026-11-27 12:00 UTC from 192.0.2.1",
                "Tess: 12 hours are over; signed in at 2026-11-27 12:00 UTC from 192.0.2.2",
                "Tess: it was not used for 30 minutes; signed in at 2026-11-27 12:00 UTC from 192.0.2.1",
            ],
            (await ground.FactsAsync("end-session")).Select(fact => $"{fact.Target}: {fact.Reason}; {fact.Before}").Order(StringComparer.Ordinal));
    }

    private static async Task<string> MakeAsync(AccessGround ground, string name) =>
        (await ground.Tokens.CreateAsync(new TokenWish(name, Role.Operator, null, TimeSpan.FromHours(1)), AccessGround.Asker, Token)).Text ?? throw new InvalidOperationException("There is no token.");
}
