using System.Net;
using System.Text.RegularExpressions;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Time.Testing;
using OtpNet;

namespace Dashboard.Tests.Access;

/// <summary>AN3, AN4, AZ4 over HTTP: what a sign-in opens, until when, and what a guesser sees.</summary>
public sealed class SignInTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cookie_is_given_that_only_a_browser_sends_and_only_here()
    {
        await using var host = await AccessHost.StartAsync(mongo);
        await host.AddAsync();

        using var answer = await host.SignInAsync();

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.Matches("^__Host-dashboard=[^;]+; path=/; secure; samesite=strict; httponly$", cookie);
        Assert.InRange(cookie.Length, 1, 4096);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(cookie: cookie.Split(';')[0])).StatusCode);
    }

    [Fact]
    public async Task Whatever_is_wrong_has_one_answer_to_the_last_header()
    {
        await using var host = await AccessHost.StartAsync(mongo);
        await host.AddAsync();
        await host.AddAsync("Dora");
        await host.Accounts.DisableAsync("Dora", AccessHost.Asker, Token);

        var answers = new[] { await host.SignInAsync(password: "wrong"), await host.SignInAsync("Nobody"), await host.SignInAsync("Dora"), await host.SignInAsync(string.Empty, string.Empty) };

        var shapes = await Task.WhenAll(answers.Select(ShapeOf));
        Assert.Equal(HttpStatusCode.Unauthorized, answers[0].StatusCode);
        Assert.Contains(SignIn.Refusal, shapes[0], StringComparison.Ordinal);
        Assert.Single(shapes.Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("role")]
    [InlineData("password")]
    public async Task A_change_of_the_account_ends_the_sign_in_with_the_next_request(string change)
    {
        await using var host = await AccessHost.StartAsync(mongo);
        await host.AddAsync();
        var cookie = await host.CookieAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(cookie: cookie)).StatusCode);

        var changed = await (change switch
        {
            "disable" => host.Accounts.DisableAsync("Tess", AccessHost.Asker, Token),
            "role" => host.Accounts.SetRoleAsync("Tess", Role.Viewer, AccessHost.Asker, Token),
            _ => host.Accounts.SetPasswordAsync("Tess", "light snow over the new mill", AccessHost.Asker, Token),
        });

        Assert.Null(changed.Problem);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync(cookie: cookie)).StatusCode);
    }

    [Fact]
    public async Task Nobody_is_let_in_before_the_code_is_given()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
        await using var host = await AccessHost.StartAsync(mongo, time);
        var address = await host.Factors.BeginAsync(await host.AddAsync(), AccessHost.Asker, Token);
        var totp = new Totp(Base32Encoding.ToBytes(Regex.Match(address ?? string.Empty, "secret=(?<secret>[A-Z2-7]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["secret"].Value));
        var account = await host.Accounts.FindAsync("Tess", Token);
        Assert.NotNull(await host.Factors.ConfirmAsync(account!, totp.ComputeTotp(time.GetUtcNow().UtcDateTime), AccessHost.Asker, Token));
        time.Advance(TimeSpan.FromMinutes(2));

        using var without = await host.SignInAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.DoesNotContain(without.Headers.TryGetValues("Set-Cookie", out var given) ? given : [], cookie => cookie.StartsWith("__Host-dashboard=", StringComparison.Ordinal));
        Assert.Contains("Give the code of your second factor, too.", await without.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync()).StatusCode);
        var cookie = await host.CookieAsync(totp.ComputeTotp(time.GetUtcNow().UtcDateTime));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(cookie: cookie)).StatusCode);
    }

    [Fact]
    public async Task A_cookie_that_was_made_up_or_made_elsewhere_opens_nothing()
    {
        await using var host = await AccessHost.StartAsync(mongo);
        await using var elsewhere = await AccessHost.StartAsync(mongo);
        await host.AddAsync();
        await elsewhere.AddAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync(cookie: await elsewhere.CookieAsync())).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync(cookie: "__Host-dashboard=CfDJ8AAAA")).StatusCode);
    }

    [Fact]
    public async Task A_page_leads_to_the_sign_in_and_the_api_answers_401()
    {
        await using var host = await AccessHost.StartAsync(mongo);

        using var page = await host.GetAsync("/page");

        Assert.Equal((HttpStatusCode.Redirect, "/sign-in"), (page.StatusCode, page.Headers.Location?.AbsolutePath));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync()).StatusCode);
    }

    private static async Task<string> ShapeOf(HttpResponseMessage answer)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        var body = Regex.Replace(await answer.Content.ReadAsStringAsync(Token), "value=\"[^\"]*\"", "value", RegexOptions.None, TimeSpan.FromSeconds(1));
        return $"{answer.StatusCode}\n{string.Join('\n', headers.Order(StringComparer.Ordinal))}\n{body}";
    }
}
