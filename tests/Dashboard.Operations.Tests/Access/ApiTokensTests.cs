using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Access;

/// <summary>API tokens: what they open, until when, and that the store does not hold them.</summary>
public sealed class ApiTokensTests(MongoFixture mongo)
{
    private static readonly TokenWish Wish = new("deploy script", Role.Operator, ["staging"], TimeSpan.FromDays(90));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_found_by_its_text_with_its_role_and_environments()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var text = await MakeAsync(ground);

        var found = await ground.Tokens.FindAsync(text, "192.0.2.9", Token);

        Assert.Equal((Role.Operator, "staging"), (found?.Role, Assert.Single(found?.Environments ?? [])));
        Assert.Equal($"deploy script ({text[..12]}…)", found?.Caller.Name);
        Assert.Matches("^dnd_[A-Za-z0-9_-]{43}$", text);
        Assert.Equal([AuditOutcome.Asked, AuditOutcome.Done], (await ground.FactsAsync("create-token")).Select(fact => fact.Outcome));
    }

    [Fact]
    public async Task The_store_and_the_trail_hold_no_token()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var text = await MakeAsync(ground);
        await ground.Tokens.FindAsync(text, "192.0.2.9", Token);

        foreach (var collection in new[] { "apiTokens", "auditEntries" })
        {
            var documents = await ground.Database.Database.GetCollection<BsonDocument>(collection).Find(new BsonDocument()).ToListAsync(Token);
            Assert.All(documents, document => Assert.DoesNotContain(text[..20], document.ToJson(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_token_is_over_when_it_has_expired()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var text = await MakeAsync(ground);
        ground.Time.Advance(Wish.GoodFor - TimeSpan.FromSeconds(1));
        Assert.NotNull(await ground.Tokens.FindAsync(text, null, Token));
        ground.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await ground.Tokens.FindAsync(text, null, Token));
    }

    [Fact]
    public async Task A_token_is_over_at_once_when_it_is_revoked()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var text = await MakeAsync(ground);

        Assert.Null((await ground.Tokens.RevokeAsync(text[..12], AccessGround.Asker, Token)).Problem);

        Assert.Null(await ground.Tokens.FindAsync(text, null, Token));
        Assert.Equal("Vic", Assert.Single(await ground.Tokens.ListAsync(Token)).RevokedBy);
        Assert.Contains("There is no token", (await ground.Tokens.RevokeAsync(text[..12], AccessGround.Asker, Token)).Problem, StringComparison.Ordinal);
        Assert.Equal([AuditOutcome.Asked, AuditOutcome.Done], (await ground.FactsAsync("revoke-token")).Select(fact => fact.Outcome));
    }

    [Fact]
    public async Task Its_last_use_is_noted_to_the_minute()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var text = await MakeAsync(ground);
        var first = ground.Time.GetUtcNow();

        await ground.Tokens.FindAsync(text, "192.0.2.9", Token);
        ground.Time.Advance(TimeSpan.FromSeconds(59));
        await ground.Tokens.FindAsync(text, "192.0.2.9", Token);
        var within = Assert.Single(await ground.Tokens.ListAsync(Token));
        ground.Time.Advance(TimeSpan.FromSeconds(1));
        await ground.Tokens.FindAsync(text, "192.0.2.9", Token);
        var after = Assert.Single(await ground.Tokens.ListAsync(Token));

        Assert.Equal((first, first.AddMinutes(1), "192.0.2.9"), (within.UsedAt, after.UsedAt, after.UsedFrom));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dnd_")]
    [InlineData("dnd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer dnd_")]
    public async Task Another_text_finds_nothing(string text)
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var token = await MakeAsync(ground);

        Assert.Null(await ground.Tokens.FindAsync(text, null, Token));
        Assert.Null(await ground.Tokens.FindAsync(token[..^1], null, Token));
        Assert.Null(await ground.Tokens.FindAsync(token + "A", null, Token));
    }

    [Theory]
    [InlineData("", "staging", 1, "A token has a name")]
    [InlineData("script", "moon", 1, "There is no environment 'moon'; there are staging, production.")]
    [InlineData("script", "staging", 0, "A token is good for a time")]
    [InlineData("script", "staging", 367, "A token is good for a time, and for 366 days at most")]
    public async Task What_is_not_made_is_said_and_leaves_nothing(string name, string environment, int days, string problem)
    {
        var ground = await AccessGround.MakeAsync(mongo);

        var answer = await ground.Tokens.CreateAsync(new TokenWish(name, Role.Viewer, [environment], TimeSpan.FromDays(days)), AccessGround.Asker, Token);

        Assert.StartsWith(problem, answer.Problem, StringComparison.Ordinal);
        Assert.Empty(await ground.Tokens.ListAsync(Token));
    }

    [Fact]
    public async Task Nothing_that_may_be_logged_prints_a_secret()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var answer = await ground.Tokens.CreateAsync(Wish, AccessGround.Asker, Token);

        Assert.DoesNotContain(answer.Text!, $"{answer} {answer.Token}", StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Token!.Hash, $"{answer} {answer.Token}", StringComparison.Ordinal);
    }

    private static async Task<string> MakeAsync(AccessGround ground) =>
        (await ground.Tokens.CreateAsync(Wish, AccessGround.Asker, Token)).Text ?? throw new InvalidOperationException("There is no token.");
}
