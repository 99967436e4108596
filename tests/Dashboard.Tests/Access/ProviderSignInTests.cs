using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Access;

/// <summary>Sign-in by OpenID Connect against a real provider: who comes in, as what, and who does not.</summary>
public sealed partial class ProviderSignInTests(MongoFixture mongo) : IAsyncLifetime
{
    private IdentityServer _provider = null!;
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await IdentityServer.StartAsync();
        _dashboard = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup
        {
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["OIDC_CLIENT_SECRET"] = IdentityServer.Secret },
            Registry = registry => registry["access"] = new JsonObject
            {
                ["openIdConnect"] = new JsonObject
                {
                    ["title"] = "Example SSO",
                    ["authority"] = _provider.Address.ToString(),
                    ["clientId"] = IdentityServer.ClientId,
                    ["roles"] = new JsonObject { ["staff"] = "viewer", ["ops"] = "operator" },
                },
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Lets_in_as_the_highest_role_that_the_provider_vouches_for_and_leads_on()
    {
        using var person = new Person(_dashboard.Address);

        var page = await person.SignInAsync("olga.staff.ops", "/runs");

        Assert.Contains("url=/runs", page, StringComparison.Ordinal);
        using var runs = await person.GetAsync(new Uri(_dashboard.Address, "runs"));
        Assert.Contains("olga", await runs.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        var account = await AccountAsync("olga");
        Assert.Equal((Role.Operator, null, $"{_provider.Address.ToString().TrimEnd('/')} olga.staff.ops"), (account!.Role, account.PasswordHash, account.Voucher));
        Assert.Contains(await EntriesAsync(), entry => entry.Fact is { Action: "sign-in", Actor: "olga", Outcome: AuditOutcome.Done });
    }

    [Theory]
    [InlineData("kim")]
    [InlineData("kim.cooks")]
    public async Task Lets_nobody_in_who_is_nothing_here(string login)
    {
        using var person = new Person(_dashboard.Address);

        var page = await person.SignInAsync(login, "/");

        Assert.Contains("Example SSO vouches for you, but for nothing that is a role here.", page, StringComparison.Ordinal);
        Assert.Null(await AccountAsync("kim"));
        using var runs = await person.GetAsync(new Uri(_dashboard.Address, "runs"));
        Assert.Equal(HttpStatusCode.Redirect, runs.StatusCode);
        Assert.Contains(await EntriesAsync(), entry => entry.Fact is { Action: "sign-in", Actor: "kim", Outcome: AuditOutcome.Refused });
    }

    [Fact]
    public async Task Leaves_out_whom_an_administrator_has_disabled_and_does_not_make_somebody_out_of_a_name_that_is_taken()
    {
        var accounts = _dashboard.Services.GetRequiredService<AccountBook>();
        var asker = new Asker("Vic", "administrator", Door.CommandLine, "host");
        using (var person = new Person(_dashboard.Address))
            await person.SignInAsync("lee.ops", "/");
        await accounts.DisableAsync("lee", asker, Token);
        await accounts.CreateAsync("ann", "heavy rain over the old mill", Role.Administrator, asker, Token);

        using var again = new Person(_dashboard.Address);
        Assert.Contains("The account of lee is disabled.", await again.SignInAsync("lee.ops", "/"), StringComparison.Ordinal);
        using var other = new Person(_dashboard.Address);
        Assert.Contains("There is an account &#x27;ann&#x27; already.", await other.SignInAsync("ann.ops", "/"), StringComparison.Ordinal);
        Assert.Equal(Role.Administrator, (await AccountAsync("ann"))!.Role);
    }

    [Fact]
    public async Task Takes_no_answer_that_it_did_not_ask_for()
    {
        using var person = new Person(_dashboard.Address);

        using var answer = await person.GetAsync(new Uri(_dashboard.Address, "sign-in/callback?code=abc&state=def"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("The provider did not sign you in, or it took too long.", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private Task<Account?> AccountAsync(string name) => _dashboard.Services.GetRequiredService<AccountBook>().FindAsync(name, Token);

    private Task<IReadOnlyList<AuditEntry>> EntriesAsync() => _dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(), Token);

    /// <summary>A browser without a script: follows redirects, and fills in the forms.</summary>
    private sealed partial class Person(Uri dashboard) : IDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false });

        public Task<HttpResponseMessage> GetAsync(Uri address) => _http.GetAsync(address, Token);

        /// <summary>The page on which it ends.</summary>
        public async Task<string> SignInAsync(string login, string returnTo)
        {
            var (page, at) = await FollowAsync(await GetAsync(new Uri(dashboard, $"sign-in?ReturnUrl={returnTo}")), new Uri(dashboard, "sign-in"));
            Assert.Contains("Sign in with Example SSO", page, StringComparison.Ordinal);
            (page, at) = await SendAsync(at, "/sign-in/provider", new() { ["returnTo"] = returnTo, [FormToken.Field] = FormToken.Of(page) });
            for (var step = 0; step < 3 && at.Authority != dashboard.Authority; step++)
            {
                var prompt = page.Contains("name=\"login\"", StringComparison.Ordinal) ? "login" : "consent";
                (page, at) = await SendAsync(at, Action().Match(page).Groups["action"].Value, new() { ["prompt"] = prompt, ["login"] = login, ["password"] = "any" });
            }

            return page;
        }

        public void Dispose() => _http.Dispose();

        private async Task<(string Page, Uri At)> SendAsync(Uri from, string action, Dictionary<string, string> fields)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(from, action)) { Content = new FormUrlEncodedContent(fields), Headers = { { "Origin", from.GetLeftPart(UriPartial.Authority) } } };
            return await FollowAsync(await _http.SendAsync(request, Token), request.RequestUri!);
        }

        private async Task<(string Page, Uri At)> FollowAsync(HttpResponseMessage answer, Uri at)
        {
            while (answer.Headers.Location is { } location)
            {
                at = new Uri(at, location);
                answer.Dispose();
                answer = await GetAsync(at);
            }

            using (answer)
                return (await answer.Content.ReadAsStringAsync(Token), at);
        }

        [GeneratedRegex("<form[^>]* action=\"(?<action>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
        private static partial Regex Action();
    }
}
