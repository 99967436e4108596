using System.Text.RegularExpressions;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.DataProtection;
using OtpNet;

namespace Dashboard.Operations.Tests.Access;

/// <summary>AN4: a code is good once, and there is no way around it.</summary>
public sealed class SecondFactorsTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Being_asked_for_it_is_no_guess_of_the_office()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var secret = await BeginAsync(ground, await ground.AddAsync());
        await ground.Factors.ConfirmAsync(await ground.FindAsync(), CodeOf(ground, secret), AccessGround.Asker, Token);
        for (var number = 0; number < 60; number++)
        {
            ground.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(SignInVerdict.CodeNeeded, (await ground.TryAsync()).Verdict);
            await ground.TryAsync("wrong", $"name-{number}");
        }

        Assert.Equal(SignInVerdict.CodeNeeded, (await ground.TryAsync()).Verdict);
    }

    [Fact]
    public async Task It_is_asked_for_once_it_is_confirmed_and_not_before()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var account = await ground.AddAsync();
        var secret = await BeginAsync(ground, account);

        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync()).Verdict);
        Assert.Null(await ground.Factors.ConfirmAsync(await ground.FindAsync(), "000000", AccessGround.Asker, Token));
        Assert.NotNull(await ground.Factors.ConfirmAsync(await ground.FindAsync(), CodeOf(ground, secret), AccessGround.Asker, Token));

        Assert.Equal(SignInVerdict.CodeNeeded, (await ground.TryAsync()).Verdict);
        Assert.Null((await ground.TryAsync()).Account);
        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync("wrong", code: CodeOf(ground, secret, steps: 1))).Verdict);
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(code: CodeOf(ground, secret, steps: 1))).Verdict);
    }

    [Fact]
    public async Task The_trail_tells_a_right_password_without_its_code_from_a_wrong_code_and_a_wrong_password()
    {
        var (ground, _, _) = await ConfirmedAsync();
        await ground.TryAsync();
        await ground.TryAsync(code: "000000");
        await ground.TryAsync("wrong", code: "000000");

        var facts = (await ground.FactsAsync("sign-in")).TakeLast(3).ToList();
        Assert.Equal(
            ["the password was right, and the code of the second factor was not given", "the password was right, and the code of the second factor was wrong or used before", "wrong password"],
            facts.Select(fact => fact.Reason));
        Assert.All(facts, fact => Assert.Equal((AuditOutcome.Refused, "Tess"), (fact.Outcome, fact.Target)));
    }

    [Fact]
    public async Task A_code_is_good_once_and_so_is_every_earlier_one()
    {
        var (ground, secret, _) = await ConfirmedAsync();
        ground.Time.Advance(TimeSpan.FromSeconds(60));
        var (earlier, now) = (CodeOf(ground, secret, steps: -1), CodeOf(ground, secret));

        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(code: now)).Verdict);
        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync(code: now)).Verdict);
        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync(code: earlier)).Verdict);
        ground.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(code: CodeOf(ground, secret))).Verdict);
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task A_clock_may_be_one_step_off(int steps, bool isTaken)
    {
        var (ground, secret, _) = await ConfirmedAsync();
        ground.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(isTaken, (await ground.TryAsync(code: CodeOf(ground, secret, steps))).Verdict == SignInVerdict.Accepted);
    }

    [Theory]
    [InlineData("000000")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("abcdef")]
    [InlineData("١٢٣٤٥٦")]
    [InlineData("-1")]
    [InlineData("0000000000000000")]
    public async Task What_is_no_code_is_refused(string code)
    {
        var (ground, secret, _) = await ConfirmedAsync();
        ground.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain(code, Enumerable.Range(-1, 3).Select(steps => CodeOf(ground, secret, steps)));

        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync(code: code)).Verdict);
    }

    [Fact]
    public async Task Of_the_same_code_sent_many_times_at_the_same_moment_one_gets_in()
    {
        var (ground, secret, _) = await ConfirmedAsync();
        ground.Time.Advance(TimeSpan.FromMinutes(5));
        var code = CodeOf(ground, secret);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ground.TryAsync(code: code)));

        Assert.Single(answers, answer => answer.Verdict == SignInVerdict.Accepted);
    }

    [Fact]
    public async Task A_recovery_code_is_good_once_as_it_is_written_down()
    {
        var (ground, _, codes) = await ConfirmedAsync();
        var written = string.Join('-', codes[0].ToUpperInvariant().Chunk(4).Select(piece => new string(piece)));

        Assert.Equal(10, codes.Distinct().Count());
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(code: written)).Verdict);
        Assert.Equal(SignInVerdict.Refused, (await ground.TryAsync(code: codes[0])).Verdict);
        Assert.Equal(SignInVerdict.Accepted, (await ground.TryAsync(code: codes[1])).Verdict);
    }

    [Fact]
    public async Task Neither_secret_nor_recovery_code_stands_in_the_store()
    {
        var (ground, secret, codes) = await ConfirmedAsync();

        var account = await ground.FindAsync();
        var stored = string.Join(' ', [account.SecondFactor?.ProtectedSecret ?? string.Empty, .. account.RecoveryCodes]);
        Assert.All([Base32Encoding.ToString(secret), Convert.ToBase64String(secret), .. codes], text => Assert.DoesNotContain(text, stored, StringComparison.Ordinal));
        Assert.All(account.RecoveryCodes, code => Assert.Matches("^[0-9a-f]{64}$", code));
    }

    [Fact]
    public async Task A_confirmed_one_is_not_replaced_by_beginning_another()
    {
        var (ground, _, _) = await ConfirmedAsync();

        Assert.Null(await ground.Factors.BeginAsync(await ground.FindAsync(), AccessGround.Asker, Token));
        Assert.True((await ground.FindAsync()).HasSecondFactor);
    }

    [Fact]
    public async Task With_the_keys_gone_a_code_is_refused_and_a_recovery_code_still_taken()
    {
        var (ground, secret, codes) = await ConfirmedAsync();
        ground.Time.Advance(TimeSpan.FromMinutes(5));
        var signIn = ground.NewSignIn(ground.Hashing, ground.NewFactors(new EphemeralDataProtectionProvider()));

        var byCode = await signIn.TryAsync(new SignInTry("Tess", AccessGround.Password, CodeOf(ground, secret), AccessGround.Asker), Token);
        var byRecovery = await signIn.TryAsync(new SignInTry("Tess", AccessGround.Password, codes[3], AccessGround.Asker), Token);

        Assert.Equal((SignInVerdict.Refused, SignInVerdict.Accepted), (byCode.Verdict, byRecovery.Verdict));
    }

    private static string CodeOf(AccessGround ground, byte[] secret, int steps = 0) =>
        new Totp(secret).ComputeTotp(ground.Time.GetUtcNow().UtcDateTime.AddSeconds(30 * steps));

    private static async Task<byte[]> BeginAsync(AccessGround ground, Account account)
    {
        var address = await ground.Factors.BeginAsync(account, AccessGround.Asker, Token);
        return Base32Encoding.ToBytes(Regex.Match(address ?? string.Empty, "secret=(?<secret>[A-Z2-7]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["secret"].Value);
    }

    /// <summary>Confirmed a while ago, so that no code of now is used up.</summary>
    private async Task<(AccessGround Ground, byte[] Secret, IReadOnlyList<string> Codes)> ConfirmedAsync()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var secret = await BeginAsync(ground, await ground.AddAsync());
        var codes = await ground.Factors.ConfirmAsync(await ground.FindAsync(), CodeOf(ground, secret), AccessGround.Asker, Token);
        return (ground, secret, codes ?? throw new InvalidOperationException("The code was not taken."));
    }
}
