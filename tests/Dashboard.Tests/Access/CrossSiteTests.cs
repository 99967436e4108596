using System.Net;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Access;

/// <summary>SH4: what another site's page, or somebody with a copied cookie, gets done by the browser of an administrator who is signed in: nothing.</summary>
public sealed class CrossSiteTests(MongoFixture mongo) : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;
    private string _cookie = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Origin => _dashboard.Address.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(mongo);
        var asker = new Asker("Vic", "administrator", Door.CommandLine, "host");
        await _dashboard.Services.GetRequiredService<AccountBook>().CreateAsync("Ada", OpenPage.Password, Role.Administrator, asker, Token);
        using var signed = await FormToken.SignInAsync(_dashboard, "Ada", Token);
        _cookie = FormToken.CookiesOf(signed);
    }

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData(null, null)]
    public async Task Every_unsafe_route_refuses_what_does_not_come_from_a_page_of_ours(string? header, string? value)
    {
        var routes = UnsafeRoutes();
        Assert.True(routes.Count > 30);

        foreach (var route in routes)
        {
            using HttpContent content = route.StartsWith("api/", StringComparison.Ordinal) ? Json("""{"environment":"staging","reason":"evil"}""") : Form();
            using var answer = await SendAsync(route, content, _cookie, header is null ? [] : [(header, value!)]);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{route} answered {answer.StatusCode}");
        }

        await AssertNothingHappenedAsync();
    }

    [Fact]
    public async Task A_form_without_its_token_or_with_another_one_does_nothing()
    {
        foreach (var route in (string[])["sign-in", "sign-out", "set-up"])
        {
            using var without = await SendAsync(route, Form(("name", "Ada")), _cookie, ("Origin", Origin));
            using var wrong = await SendAsync(route, Form((FormToken.Field, "CfDJ8AAAA")), _cookie, ("Origin", Origin));
            using var json = await SendAsync(route, Json("{}"), _cookie, ("Origin", Origin));
            Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest], [without.StatusCode, wrong.StatusCode, json.StatusCode]);
        }

        await AssertNothingHappenedAsync();
    }

    [Fact]
    public async Task The_api_takes_no_form_and_does_nothing_by_get()
    {
        using var form = await SendAsync("api/operations/create-backup", Form(("environment", "staging")), _cookie, ("Origin", Origin));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        using var got = await GetAsync("api/operations/create-backup");
        Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
        await AssertNothingHappenedAsync();
    }

    [Fact]
    public async Task The_same_from_a_page_of_ours_is_done()
    {
        using var content = Json("""{"environment":"staging","reason":"ours"}""");
        using var answer = await SendAsync("api/operations/check-health", content, _cookie, ("Origin", Origin), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task AssertNothingHappenedAsync()
    {
        Assert.Empty((await _dashboard.GetAsync("api/runs")).AsArray());
        using var still = await GetAsync("runs");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    /// <summary>Every route that takes something else than a look.</summary>
    private List<string> UnsafeRoutes() =>
    [
        .. from endpoint in _dashboard.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
           where endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") == true
           select RouteAddress.Of(endpoint).TrimStart('/'),
    ];

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private async Task<HttpResponseMessage> GetAsync(string route)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, route) { Headers = { { "Cookie", _cookie } } };
        return await _dashboard.Anonymous.SendAsync(request, Token);
    }

    private Task<HttpResponseMessage> SendAsync(string route, HttpContent content, string cookie, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = content };
        foreach (var (name, value) in headers.Append(("Cookie", cookie)))
            request.Headers.TryAddWithoutValidation(name, value);
        return _dashboard.Anonymous.SendAsync(request, Token);
    }
}
