using System.Net;
using Dashboard.Operations.Audit;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Hosting;

/// <summary>SH2, SH3, SH9, SH10: a dashboard behind a proxy that ends TLS: to whom it answers, whom it believes, and what every answer tells a browser.</summary>
public sealed class PublicAddressTests(PublicDashboard shared, MongoFixture mongo) : IClassFixture<PublicDashboard>
{
    private const string Name = PublicDashboard.Name;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_to_its_name_alone_and_to_a_number_only_that_it_lives()
    {
        var dashboard = shared.Dashboard;

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(dashboard, "sign-in", ("X-Forwarded-Proto", "https"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(dashboard, "sign-in", ("Host", "evil.example"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(dashboard, "status", ("Host", "10.0.0.7:5080"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(dashboard, "live", ("Host", "10.0.0.7:5080"))).StatusCode);
    }

    [Fact]
    public async Task Leads_a_page_that_comes_in_the_clear_to_tls_and_does_nothing_in_the_clear()
    {
        using var page = await AskAsync(shared.Dashboard, "runs?state=failed");
        Assert.Equal((HttpStatusCode.PermanentRedirect, "https://ops.example.org/runs?state=failed"), (page.StatusCode, page.Headers.Location?.OriginalString));
        using var act = await AskAsync(shared.Dashboard, "api/operations/create-backup", HttpMethod.Post);
        Assert.Equal(HttpStatusCode.Forbidden, act.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.0/8", HttpStatusCode.Unauthorized, "203.0.113.7")]
    [InlineData("10.0.0.0/8", HttpStatusCode.Forbidden, null)]
    public async Task Believes_where_somebody_comes_from_only_a_proxy_that_it_knows(string trusted, HttpStatusCode status, string? seen)
    {
        await using var dashboard = await PublicDashboard.StartAsync(mongo, trusted);

        using var refused = await AskAsync(dashboard, "api/operations/create-backup", HttpMethod.Post, ("X-Forwarded-For", "198.51.100.1, 203.0.113.7"), ("X-Forwarded-Proto", "https"));

        Assert.Equal(status, refused.StatusCode);
        Assert.Equal(seen, await RefusedFromAsync(dashboard));
    }

    /// <summary>As Fly.io's proxy sends it: the visitor, then an address of the application.</summary>
    [Fact]
    public async Task Takes_from_where_somebody_comes_from_the_header_that_its_proxy_writes()
    {
        await using var dashboard = await PublicDashboard.StartAsync(mongo, "127.0.0.0/8", "Fly-Client-IP");

        using var refused = await AskAsync(
            dashboard, "api/operations/create-backup", HttpMethod.Post, ("X-Forwarded-For", "203.0.113.7, 2a09:8280:1::af:1aa1:0"), ("Fly-Client-IP", "203.0.113.7"), ("X-Forwarded-Proto", "https"));

        Assert.Equal("203.0.113.7", await RefusedFromAsync(dashboard));
    }

    [Theory]
    [InlineData("sign-in", HttpStatusCode.OK)]
    [InlineData("", HttpStatusCode.Redirect)]
    [InlineData("nowhere", HttpStatusCode.Redirect)]
    [InlineData("status", HttpStatusCode.OK)]
    [InlineData("status/incidents/none", HttpStatusCode.NotFound)]
    [InlineData("api/runs", HttpStatusCode.Unauthorized)]
    [InlineData("api/v2/summary.json", HttpStatusCode.OK)]
    [InlineData("live", HttpStatusCode.OK)]
    [InlineData("css/access.css", HttpStatusCode.OK)]
    [InlineData("hangfire", HttpStatusCode.Redirect)]
    public async Task Every_answer_has_its_headers(string path, HttpStatusCode status)
    {
        var dashboard = shared.Dashboard;

        using var answer = await AskAsync(dashboard, path, ("X-Forwarded-Proto", "https"));

        Assert.Equal(status, answer.StatusCode);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("(default|script)-src[^;]*unsafe-inline", policy);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.EndsWith("; report-uri /policy-reports", policy, StringComparison.Ordinal);
        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.True(answer.Headers.Contains("Referrer-Policy"));
        Assert.True(answer.Headers.CacheControl is not null || answer.Headers.Contains("Cache-Control"));
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("X-Powered-By"));
    }

    [Fact]
    public async Task Cookies_are_for_this_host_by_tls_alone_and_the_first_account_is_made_by_the_link_once()
    {
        var dashboard = shared.Dashboard;
        var key = await dashboard.Services.GetRequiredService<Dashboard.Operations.Access.FirstSetup>().BeginAsync(new Asker("the start", "administrator", Dashboard.Operations.Running.Door.CommandLine, "host"), Token);
        using var page = await AskAsync(dashboard, $"set-up?key={key}", ("X-Forwarded-Proto", "https"));
        var form = FormToken.Of(await page.Content.ReadAsStringAsync(Token));
        var cookie = Assert.Single(page.Headers.GetValues("Set-Cookie"));

        using var made = await SetUpAsync(dashboard, key!, form, cookie);
        using var again = await SetUpAsync(dashboard, key!, form, cookie);

        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        Assert.All([cookie, .. made.Headers.GetValues("Set-Cookie")], one => Assert.Matches("^__Host-dashboard[a-z-]*=[^;]+; path=/; secure; samesite=strict; httponly$", one));
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        var entry = Assert.Single(await dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery { Action = "sign-in" }, Token));
        Assert.Equal(("Ada", AuditOutcome.Done), (entry.Fact.Actor, entry.Fact.Outcome));
        Assert.Contains("This link is not good (any more)", WebUtility.HtmlDecode(await again.Content.ReadAsStringAsync(Token)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://ops.example.org", false)]
    [InlineData("https://evil.example", true)]
    [InlineData("http://ops.example.org", true)]
    [InlineData("https://ops.example.org:8443", true)]
    [InlineData("https://sub.ops.example.org", true)]
    [InlineData("null", true)]
    [InlineData(null, true)]
    public async Task A_circuit_is_opened_from_its_own_pages_alone(string? origin, bool isRefused)
    {
        var dashboard = shared.Dashboard;
        (string, string)[] headers =
        [
            ("X-Forwarded-Proto", "https"), ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            .. origin is null ? Array.Empty<(string, string)>() : [("Origin", origin)],
        ];

        using var answer = await AskAsync(dashboard, "_blazor", headers);

        // Whoever comes from a page of ours is asked next who he is.
        Assert.Equal(isRefused ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static async Task<string?> RefusedFromAsync(TestDashboard dashboard) =>
        await dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(Outcome: AuditOutcome.Refused), Token) is [var entry] ? entry.Fact.From : null;

    private static async Task<HttpResponseMessage> SetUpAsync(TestDashboard dashboard, string key, string form, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "set-up")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["key"] = key,
                ["name"] = "Ada",
                ["password"] = "heavy rain over the old mill",
                ["again"] = "heavy rain over the old mill",
                [FormToken.Field] = form,
            }),
        };
        request.Headers.Host = Name;
        foreach (var (name, value) in new[] { ("X-Forwarded-Proto", "https"), ("Origin", $"https://{Name}"), ("Cookie", cookie.Split(';')[0]) })
            request.Headers.TryAddWithoutValidation(name, value);
        return await dashboard.Anonymous.SendAsync(request, Token);
    }

    private static Task<HttpResponseMessage> AskAsync(TestDashboard dashboard, string path, params (string Name, string Value)[] headers) => AskAsync(dashboard, path, HttpMethod.Get, headers);

    private static async Task<HttpResponseMessage> AskAsync(TestDashboard dashboard, string path, HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Host = Name;
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await dashboard.Anonymous.SendAsync(request, Token);
    }
}
