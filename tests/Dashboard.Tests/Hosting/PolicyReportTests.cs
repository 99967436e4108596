using System.Net;
using Dashboard.Hosting;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dashboard.Tests.Hosting;

/// <summary>SH2: what a browser reports of the content policy comes into the log as one line without what a stranger could put there.</summary>
public sealed class PolicyReportTests(MongoFixture mongo)
{
    private readonly Warnings<PolicyReports> _warnings = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        """{"csp-report":{"document-uri":"https://ops.example.org/set-up?key=secret","blocked-uri":"https://evil.example/a.js?token=1","effective-directive":"script-src-elem"}}""",
        "kept https://evil.example/a.js from /set-up (script-src-elem);")]
    [InlineData("""{"csp-report":{"document-uri":"https://ops.example.org/","blocked-uri":"inline","effective-directive":"style-src-attr"}}""", "kept inline from / (style-src-attr);")]
    [InlineData("""{"csp-report":{"document-uri":7,"blocked-uri":"inline\nERR forged","effective-directive":"<script>"}}""", "kept something from a page (something);")]
    [InlineData("""{"csp-report":{"document-uri":"https://ops.example.org/a\nERR forged"}}""", "kept something from /a%0AERR%20forged (something);")]
    public async Task Logs_a_report_without_query_and_without_a_strangers_words(string body, string said)
    {
        await using var dashboard = await StartAsync();

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(dashboard, body));

        Assert.Contains(said, Assert.Single(_warnings.All), StringComparison.Ordinal);
    }

    /// <summary>At every visit, and nothing is wrong; whatever else is kept from that page is logged, and so is an eval of any other.</summary>
    [Theory]
    [InlineData("https://ops.example.org/api/docs/", "eval", 0)]
    [InlineData("https://ops.example.org/api/docs/", "inline", 1)]
    [InlineData("https://ops.example.org/api/docs/other", "eval", 1)]
    [InlineData("https://ops.example.org/", "eval", 1)]
    public async Task Says_nothing_of_the_question_that_the_page_of_the_interface_asks(string page, string blocked, int lines)
    {
        await using var dashboard = await StartAsync();

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(dashboard, $$$"""{"csp-report":{"document-uri":"{{{page}}}","blocked-uri":"{{{blocked}}}","effective-directive":"script-src"}}"""));

        Assert.Equal(lines, _warnings.All.Count);
    }

    [Fact]
    public async Task Refuses_what_is_no_report_and_more_than_a_log_can_bear()
    {
        await using var dashboard = await StartAsync();

        foreach (var body in (string[])["", "[]", "{}", "{\"csp-report\":[]}", "{\"csp-report\":{\"document-uri\":\"\\ud800\"}}", "\u0000"])
            Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(dashboard, body));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(dashboard, new string(' ', 20_000)));
        Assert.Empty(_warnings.All);

        List<HttpStatusCode> many = [];
        for (var count = 0; count < 30; count++)
            many.Add(await SendAsync(dashboard, """{"csp-report":{}}"""));
        Assert.Contains(HttpStatusCode.TooManyRequests, many);
        Assert.Equal(many.Count(status => status == HttpStatusCode.NoContent), _warnings.All.Count);
    }

    private Task<TestDashboard> StartAsync() =>
        TestDashboard.StartAsync(mongo, new TestDashboard.Setup { Configure = services => services.AddSingleton<ILogger<PolicyReports>>(_warnings) });

    private static async Task<HttpStatusCode> SendAsync(TestDashboard dashboard, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/csp-report");
        using var answer = await dashboard.Anonymous.PostAsync(new Uri(PolicyReports.Path, UriKind.Relative), content, Token);
        return answer.StatusCode;
    }
}
