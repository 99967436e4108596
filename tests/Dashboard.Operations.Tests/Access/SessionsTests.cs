using Dashboard.Operations.Access;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Access;

/// <summary>SH6: when a session ends by itself.</summary>
public sealed class SessionsTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ends_after_half_an_hour_in_which_its_owner_did_nothing_whatever_his_page_showed()
    {
        var (ground, sessions, id) = await BeginAsync();
        for (var minute = 0; minute < 29; minute++)
        {
            ground.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.NotNull(await sessions.LookAsync(id, Token));
        }

        ground.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Null(await sessions.LookAsync(id, Token));
        Assert.Null(await sessions.UseAsync(id, Token));
    }

    [Fact]
    public async Task Lives_by_what_its_owner_does_for_twelve_hours_at_the_most()
    {
        var (ground, sessions, id) = await BeginAsync();
        for (var quarter = 0; quarter < 47; quarter++)
        {
            ground.Time.Advance(TimeSpan.FromMinutes(15));
            Assert.NotNull(await sessions.UseAsync(id, Token));
        }

        ground.Time.Advance(TimeSpan.FromMinutes(16));

        Assert.Null(await sessions.UseAsync(id, Token));
        Assert.Empty(await sessions.LiveAsync(Token));
    }

    [Fact]
    public async Task The_text_of_the_cookie_is_new_each_time_long_and_kept_nowhere()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var account = await ground.AddAsync();
        var sessions = new Sessions(ground.Database, ground.Accounts, ground.Trail, ground.Time);

        var texts = new List<string>();
        for (var number = 0; number < 20; number++)
            texts.Add(await sessions.BeginAsync(account, AccessGround.Home, "a test", Token));

        Assert.Equal(texts.Count, texts.Distinct(StringComparer.Ordinal).Count());
        Assert.All(texts, text => Assert.True(text.Length >= 22, $"{text.Length} characters are less than 128 bits."));
        Assert.Empty((await sessions.LiveAsync(Token)).Select(live => live.Session.Id).Intersect(texts, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Keeps_the_beginning_of_a_long_name_of_a_browser()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var sessions = new Sessions(ground.Database, ground.Accounts, ground.Trail, ground.Time);

        await sessions.BeginAsync(await ground.AddAsync(), AccessGround.Home, new string('x', 199) + "\U0001F600", Token);

        Assert.Equal(new string('x', 199), Assert.Single(await sessions.LiveAsync(Token)).Session.Agent);
    }

    private async Task<(AccessGround Ground, Sessions Sessions, string Id)> BeginAsync()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var sessions = new Sessions(ground.Database, ground.Accounts, ground.Trail, ground.Time);
        return (ground, sessions, Sessions.IdOf(await sessions.BeginAsync(await ground.AddAsync(), AccessGround.Home, "a test", Token)));
    }
}
