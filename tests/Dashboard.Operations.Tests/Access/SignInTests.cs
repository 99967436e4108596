using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Access;

/// <summary>AN2, AN3, AN5: who gets in, who does not, and what a guesser learns.</summary>
public sealed class SignInTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_password_signs_in_whatever_the_case_of_the_name()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();

        var answer = await ground.TryAsync(name: " TESS ");

        Assert.Equal((SignInVerdict.Accepted, "Tess", ground.Time.GetUtcNow()), (answer.Verdict, answer.Account?.Name, answer.Account?.SignedInAt));
        Assert.Equal([AuditOutcome.Done], (await ground.FactsAsync("sign-in")).Select(fact => fact.Outcome));
    }

    [Fact]
    public async Task Everything_that_is_wrong_has_one_answer()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();
        await ground.AddAsync("Dora");
        await ground.Accounts.DisableAsync("Dora", AccessGround.Asker, Token);

        SignInAnswer[] answers = [await ground.TryAsync("wrong"), await ground.TryAsync(name: "Nobody"), await ground.TryAsync(name: "Dora"), await ground.TryAsync(name: new string('x', 100_000)), await ground.TryAsync(string.Empty, string.Empty)];

        Assert.All(answers, answer => Assert.Equal(SignInAnswer.Refused, answer));
        Assert.Equal(["Tess", "unknown", "Dora", "unknown", "unknown"], (await ground.FactsAsync("sign-in")).Select(fact => fact.Target));
    }

    /// <summary>AN3 by what is done, because a time would be noise here: both are counted, hashed with as many rounds, and audited.</summary>
    [Fact]
    public async Task A_name_that_does_not_exist_costs_the_same_work()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();
        await ground.TryAsync("wrong", "Tess", from: "192.0.2.11");
        await ground.TryAsync("wrong", "Nobody", from: "192.0.2.12");

        var counts = await ground.Database.SignInTries.Find(FilterDefinition<TryCount>.Empty).ToListAsync(Token);
        Assert.Equal(4, counts.Count);
        Assert.All(counts, count => Assert.Equal((1, 1), (count.InRow, count.Times.Count)));
        Assert.DoesNotContain(counts, count => count.Id.Contains("obody", StringComparison.OrdinalIgnoreCase) || count.Id.Contains("192.0", StringComparison.Ordinal));
        Assert.Equal(2, (await ground.FactsAsync("sign-in")).Count(fact => fact.Outcome == AuditOutcome.Refused));
    }

    [Fact]
    public async Task Ten_guesses_in_a_minute_are_looked_at_and_the_right_one_after_them_is_not()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();

        for (var guess = 0; guess < 10; guess++)
            await ground.TryAsync("wrong", from: $"198.51.100.{guess}");

        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync()).Verdict);
        ground.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync()).Verdict);
    }

    [Fact]
    public async Task After_a_hundred_in_a_row_no_guess_from_anywhere_is_looked_at_and_the_owner_still_gets_in_from_home()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync()).Verdict);

        for (var guess = 0; guess < 150; guess++)
        {
            ground.Time.Advance(TimeSpan.FromSeconds(6));
            await ground.TryAsync("wrong", from: $"198.51.100.{guess}");
        }

        Assert.Equal(100, (await ground.FactsAsync("sign-in")).Count(fact => fact.Outcome == AuditOutcome.Refused));
        ground.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync(from: "198.51.100.7")).Verdict);
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync()).Verdict);
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(from: "203.0.113.9")).Verdict); // The row is over.
    }

    [Fact]
    public async Task An_administrator_ends_a_lock_out()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();
        for (var guess = 0; guess < 100; guess++)
        {
            ground.Time.Advance(TimeSpan.FromSeconds(6));
            await ground.TryAsync("wrong", from: $"198.51.100.{guess}");
        }

        ground.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync()).Verdict);
        Assert.Null((await ground.Accounts.UnlockAsync("tess", AccessGround.Asker, Token)).Problem);
        ground.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync()).Verdict);
    }

    [Fact]
    public async Task One_source_has_thirty_tries_in_a_minute_and_a_hundred_in_a_row_over_all_names()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();

        for (var guess = 0; guess < 40; guess++)
            await ground.TryAsync("wrong", $"name-{guess}", from: "198.51.100.1");
        Assert.Equal(30, (await ground.FactsAsync("sign-in")).Count);
        for (var guess = 0; guess < 100; guess++)
        {
            ground.Time.Advance(TimeSpan.FromSeconds(3));
            await ground.TryAsync("wrong", $"other-{guess}", from: "198.51.100.1");
        }

        ground.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(100, (await ground.FactsAsync("sign-in")).Count);
        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync(from: "198.51.100.1")).Verdict);
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync()).Verdict); // A real one elsewhere.
        ground.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(from: "198.51.100.1")).Verdict);
    }

    /// <summary>Else the typing errors of an office would one day leave it one try an hour.</summary>
    [Fact]
    public async Task A_right_one_ends_the_row_of_its_source()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();
        for (var day = 0; day < 5; day++)
        {
            for (var typo = 0; typo < 40; typo++)
            {
                ground.Time.Advance(TimeSpan.FromSeconds(10));
                await ground.TryAsync("wrong", $"name-{typo}");
            }

            Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync()).Verdict);
        }
    }

    /// <summary>An IPv6 network belongs to one customer.</summary>
    [Fact]
    public async Task The_addresses_of_one_network_share_their_tries_and_are_known_together()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(from: "2001:db8:1:2::a")).Verdict);

        for (var guess = 0; guess < 40; guess++)
            await ground.TryAsync("wrong", $"name-{guess}", from: $"2001:db8:1:3::{guess}");

        Assert.Equal(31, (await ground.FactsAsync("sign-in")).Count);
        Assert.Single((await ground.FindAsync()).KnownSources);
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(from: "2001:db8:1:2::b")).Verdict);
        Assert.Single((await ground.FindAsync()).KnownSources);
    }

    [Fact]
    public async Task Of_forty_guesses_at_the_same_moment_ten_are_looked_at()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(guess => ground.TryAsync("wrong", from: $"198.51.100.{guess}")));

        Assert.Equal(10, (await ground.FactsAsync("sign-in")).Count);
    }

    [Fact]
    public async Task A_hash_of_fewer_rounds_is_renewed_by_signing_in()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var before = await ground.AddAsync();
        var stronger = new PasswordHashing(rounds: 2_000);

        var answer = await ground.NewSignIn(stronger).TryAsync(new SignInTry("Tess", AccessGround.Password, null, AccessGround.Asker), Token);

        Assert.Equal(SignInVerdict.Accepted, answer.Verdict);
        Assert.NotEqual(before.PasswordHash, (await ground.FindAsync()).PasswordHash);
        Assert.Equal(PasswordVerdict.Right, stronger.Verify((await ground.FindAsync()).PasswordHash, AccessGround.Password));
    }

    [Fact]
    public void Nothing_that_may_be_logged_prints_a_secret()
    {
        var given = new SignInTry("Tess", "the-password", "123456", AccessGround.Asker);

        Assert.Equal("a sign-in from host", $"{given}");
    }
}
