using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Access;

/// <summary>AN6: there is no default account, and the way in is good once, for a quarter of an hour.</summary>
public sealed class FirstSetupTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_the_first_administrator_once()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        Assert.Empty(await ground.Accounts.ListAsync(Token));
        var token = await BeginAsync(ground);

        var made = await CompleteAsync(ground, token);

        Assert.Equal((null, Role.Administrator), (made.Problem, made.Account?.Role));
        Assert.Equal(FirstSetup.Refusal, (await CompleteAsync(ground, token, "Another")).Problem);
        Assert.Null(await ground.Setup.BeginAsync(AccessGround.Asker, Token));
        Assert.Single(await ground.Accounts.ListAsync(Token));
        Assert.Contains(await ground.FactsAsync("use-setup-link"), fact => fact.Outcome == AuditOutcome.Refused);
    }

    [Fact]
    public async Task Is_refused_after_fifteen_minutes()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var (late, token) = (FirstSetup.GoodFor, await BeginAsync(ground));
        ground.Time.Advance(late - TimeSpan.FromSeconds(1));
        Assert.Contains("15 are the least", (await CompleteAsync(ground, token, password: "short")).Problem, StringComparison.Ordinal);
        ground.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(FirstSetup.Refusal, (await CompleteAsync(ground, token)).Problem);
    }

    [Fact]
    public async Task A_password_that_is_not_taken_leaves_the_link_good()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var token = await BeginAsync(ground);

        Assert.NotNull((await CompleteAsync(ground, token, password: "short")).Problem);
        Assert.Null((await CompleteAsync(ground, token)).Problem);
    }

    [Fact]
    public async Task A_newer_link_takes_the_place_of_the_one_before()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var (first, second) = (await BeginAsync(ground), await BeginAsync(ground));

        Assert.Equal(FirstSetup.Refusal, (await CompleteAsync(ground, first)).Problem);
        Assert.Null((await CompleteAsync(ground, second)).Problem);
    }

    [Fact]
    public async Task An_account_made_meanwhile_ends_it()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var token = await BeginAsync(ground);
        await ground.AddAsync();

        Assert.Equal(FirstSetup.Refusal, (await CompleteAsync(ground, token)).Problem);
    }

    [Fact]
    public async Task Of_many_at_the_same_moment_one_makes_an_account()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var token = await BeginAsync(ground);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => CompleteAsync(ground, token, $"Name {number}")));

        Assert.Single(await ground.Accounts.ListAsync(Token));
    }

    [Fact]
    public async Task The_token_is_not_in_the_store()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var token = await BeginAsync(ground);

        var link = await ground.Database.SetupLinks.Find(FilterDefinition<SetupLink>.Empty).SingleAsync(Token);
        Assert.Equal(43, token.Length);
        Assert.Matches("^[0-9a-f]{64}$", link.TokenHash);
    }

    private static async Task<string> BeginAsync(AccessGround ground) =>
        await ground.Setup.BeginAsync(AccessGround.Asker, Token) ?? throw new InvalidOperationException("There is an account.");

    private static Task<AccountAnswer> CompleteAsync(AccessGround ground, string token, string name = "Ada", string password = AccessGround.Password) =>
        ground.Setup.CompleteAsync(token, name, password, AccessGround.Asker, Token);
}
