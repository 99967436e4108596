using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.StatusPage;

/// <summary>The form, the buttons and the mails of the running dashboard, used as a visitor, a mail scanner and a mail program use them.</summary>
public sealed partial class SubscriptionEndpointsTests(MongoFixture mongo) : IAsyncLifetime
{
    private SmtpServer _smtp = null!;
    private FaultProxy _proxy = null!;
    private TestDashboard _dashboard = null!;
    private string _site = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _smtp = await SmtpServer.StartAsync();
        _proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        _site = Directory.CreateTempSubdirectory("status-site-").FullName;
        _dashboard = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup
        {
            ConnectionString = _proxy.Through(mongo.ConnectionString),
            Registry = registry => registry["statusPage"] = new JsonObject
            {
                ["address"] = "https://status.example.org",
                ["mail"] = new JsonObject { ["from"] = "status@example.org", ["smtp"] = new JsonObject { ["host"] = "127.0.0.1", ["port"] = _smtp.Port } },
                ["export"] = new JsonObject { ["address"] = "https://static.example/copy", ["directory"] = _site },
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.Faults = ProxyFaults.None;
        await _dashboard.DisposeAsync();
        await _proxy.DisposeAsync();
        await _smtp.DisposeAsync();
        Directory.Delete(_site, recursive: true);
    }

    [Fact]
    public async Task Goes_from_the_form_over_the_question_to_the_news_and_to_its_end()
    {
        var (_, page) = await GetAsync("status");
        Assert.Contains("<form method=\"post\" action=\"/status/subscribe\">", page, StringComparison.Ordinal);
        var (asked, answer) = await SubscribeAsync("ada@example.org");
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.DoesNotContain("ada", answer, StringComparison.Ordinal);

        // A scanner follows every link, and nothing comes of it.
        var confirm = await LinkAsync(0);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
            await SendAsync(method, confirm);
        var (shown, button) = await SendAsync(HttpMethod.Get, confirm);
        Assert.Equal((HttpStatusCode.OK, 0), (shown.StatusCode, await CountAsync()));
        Assert.Contains($"action=\"/{confirm}\"", button, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, confirm)).Answer.StatusCode);
        Assert.Equal(1, await CountAsync());
        Assert.Equal(HttpStatusCode.Gone, (await SendAsync(HttpMethod.Post, confirm)).Answer.StatusCode);

        await OpenAsync();
        var end = await LinkAsync(1);
        await SendAsync(HttpMethod.Get, end);
        Assert.Equal(1, await CountAsync());
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, end, oneClick)).Answer.StatusCode);
        Assert.Equal(0, await CountAsync());
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, end)).Answer.StatusCode);
    }

    [Fact]
    public async Task The_answer_is_the_same_for_an_address_that_is_known_and_one_that_is_not()
    {
        var (_, unknown) = await SubscribeAsync("ada@example.org");
        await SendAsync(HttpMethod.Post, await LinkAsync(0));

        for (var number = 0; number < 5; number++)
            Assert.Equal(unknown, (await SubscribeAsync("ada@example.org")).Text);
        Assert.Equal(unknown, (await SubscribeAsync("bob@example.org")).Text);
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("ada@example.org\r\nBcc: thief@example.com")]
    [InlineData("<script>alert(1)</script>")]
    public async Task What_is_no_address_is_refused_and_not_repeated(string typed)
    {
        var (answer, text) = await SubscribeAsync(typed);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("thief", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.Empty(_smtp.Mails);
    }

    [Fact]
    public async Task What_is_no_form_or_far_too_long_is_refused()
    {
        using var json = new StringContent("""{ "address": "ada@example.org" }""", Encoding.UTF8, "application/json");
        using var large = new FormUrlEncodedContent([new("address", new string('a', 100_000))]);

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, "status/subscribe", json)).Answer.StatusCode);
        Assert.InRange((int)(await SendAsync(HttpMethod.Post, "status/subscribe", large)).Answer.StatusCode, 400, 413);
    }

    [Fact]
    public async Task One_source_is_stopped_after_so_many()
    {
        for (var number = 0; number < 20; number++)
            Assert.Equal(HttpStatusCode.OK, (await SubscribeAsync($"ada{number}@example.org")).Answer.StatusCode);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await SubscribeAsync("bob@example.org")).Answer.StatusCode);
    }

    [Fact]
    public async Task Another_sites_page_cannot_send_the_form_and_our_own_can()
    {
        foreach (var (origin, expected) in new[] { ("https://evil.example", HttpStatusCode.Forbidden), ("null", HttpStatusCode.Forbidden), (_dashboard.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), HttpStatusCode.OK) })
        {
            using var form = new FormUrlEncodedContent([new("address", "ada@example.org")]);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("status/subscribe", UriKind.Relative)) { Content = form };
            request.Headers.Add("Origin", origin);
            using var answer = await _dashboard.Http.SendAsync(request, Token);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("status", true)]
    [InlineData("status/confirm?t=x", true)]
    [InlineData("status/unsubscribe?t=%22%3E%3Cscript%3E", true)]
    [InlineData("status/incidents/000000000000", false)]
    public async Task Only_a_page_with_a_form_may_send_one_and_it_says_from_where(string path, bool hasForm)
    {
        var (answer, text) = await GetAsync(path);

        Assert.Equal($"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action {(hasForm ? "'self'" : "'none'")}; frame-ancestors 'none'; report-uri /policy-reports", Header(answer, "Content-Security-Policy"));
        Assert.Equal(hasForm ? "same-origin" : "no-referrer", Header(answer, "Referrer-Policy"));
        Assert.Equal(path != "status", answer.Headers.CacheControl!.NoStore);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, 50_000);
    }

    [Fact]
    public async Task While_the_store_is_away_the_form_says_so()
    {
        _proxy.Faults = new ProxyFaults { Down = true };

        var (answer, text) = await SubscribeAsync("ada@example.org");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (answer.StatusCode, Header(answer, "Retry-After")));
        Assert.Contains("Nothing was changed", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_copy_follows_an_edit_and_says_nothing_of_the_inside()
    {
        var page = Path.Combine(_site, "index.html");
        await Eventually.TrueAsync(() => File.Exists(page), "the copy is there");

        var id = await OpenAsync();
        await Eventually.TrueAsync(async () => (await File.ReadAllTextAsync(page, Token)).Contains("We know the cause.", StringComparison.Ordinal), "the copy has the update");

        Assert.Contains("We know the cause.", await File.ReadAllTextAsync(Path.Combine(_site, "incidents", $"{id}.html"), Token), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_site, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("tess@", await File.ReadAllTextAsync(file, Token), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_a_mail_server_there_is_no_form_and_no_address_for_one()
    {
        await using var plain = await TestDashboard.StartAsync(mongo);
        using var form = new FormUrlEncodedContent([new("address", "ada@example.org")]);

        Assert.DoesNotContain("<form", await plain.Http.GetStringAsync(new Uri("status", UriKind.Relative), Token), StringComparison.Ordinal);
        using var answer = await plain.Http.PostAsync(new Uri("status/subscribe", UriKind.Relative), form, Token);
        Assert.False(answer.IsSuccessStatusCode);
        Assert.Equal(0, await plain.Own.GetCollection<MongoDB.Bson.BsonDocument>("statusMails").CountDocumentsAsync(new MongoDB.Bson.BsonDocument(), cancellationToken: Token));
    }

    private async Task<string> OpenAsync()
    {
        var opened = await _dashboard.Services.GetRequiredService<IncidentBook>().OpenAsync(
            new IncidentDraft(IncidentId.New(), "Characters cannot be saved", IncidentSeverity.Major, IncidentKind.Database, [new IncidentComponent("production", ComponentPart.Database, ComponentState.PartialOutage)], "We know the cause."),
            "tess@example.org",
            Token);
        return Assert.IsType<Incident>(opened.Incident).Id;
    }

    private Task<long> CountAsync() => _dashboard.Services.GetRequiredService<SubscriberBook>().CountAsync(Token);

    /// <summary>Of the mail of that number, as a path here.</summary>
    private async Task<string> LinkAsync(int number)
    {
        await Eventually.TrueAsync(() => _smtp.Mails.Count > number, $"mail {number} is there");
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(_smtp.Mails[number].Split("\n\n", 2)[1]));
        using var message = await MimeKit.MimeMessage.LoadAsync(stream, Token);
        return Link().Match(message.TextBody!).Groups["path"].Value;
    }

    private async Task<(HttpResponseMessage Answer, string Text)> SubscribeAsync(string address)
    {
        using var form = new FormUrlEncodedContent([new("address", address)]);
        return await SendAsync(HttpMethod.Post, "status/subscribe", form);
    }

    private Task<(HttpResponseMessage Answer, string Text)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    private async Task<(HttpResponseMessage Answer, string Text)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        var answer = await _dashboard.Http.SendAsync(request, Token);
        return (answer, await answer.Content.ReadAsStringAsync(Token));
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    [GeneratedRegex(@"https://status\.example\.org/(?<path>status/[a-z]+\?t=[A-Za-z0-9_-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
