using System.Net;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;

namespace Dashboard.Tests.Access;

/// <summary>API tokens over HTTP: what they open, and that a revoked one is over at once.</summary>
public sealed class BearerHandlerTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_says_who_it_is_until_it_is_revoked()
    {
        await using var host = await AccessHost.StartAsync(mongo);
        var text = await MakeAsync(host);

        using var answer = await host.GetAsync(authorization: $"Bearer {text}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var who = await answer.Content.ReadAsStringAsync(Token);
        Assert.Contains("Name = deploy script (dnd_", who, StringComparison.Ordinal);
        Assert.Contains("Role = Operator", who, StringComparison.Ordinal);

        await host.Tokens.RevokeAsync(text[..12], AccessHost.Asker, Token);
        using var after = await host.GetAsync(authorization: $"Bearer {text}");
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (after.StatusCode, after.Headers.WwwAuthenticate.ToString()));
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer dnd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Basic VGVzczpoZWF2eSByYWlu")]
    [InlineData("dnd_AAAA")]
    public async Task Another_header_opens_nothing_also_with_a_cookie_beside_it(string authorization)
    {
        await using var host = await AccessHost.StartAsync(mongo);
        await host.AddAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync(authorization: authorization)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync(authorization: authorization, cookie: await host.CookieAsync())).StatusCode);
    }

    private static async Task<string> MakeAsync(AccessHost host) =>
        (await host.Tokens.CreateAsync(new TokenWish("deploy script", Role.Operator, null, TimeSpan.FromDays(1)), AccessHost.Asker, Token)).Text
        ?? throw new InvalidOperationException("There is no token.");
}
