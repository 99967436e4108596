using System.Net;
using Dashboard.Operations.Running;

namespace Dashboard.Tests.Hosting;

/// <summary>SH1: each kind of page against the table of HTTP Observatory, where 100 is an A+.</summary>
public sealed class ObservatoryScoreTests(PublicDashboard shared) : IClassFixture<PublicDashboard>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sign-in", HttpStatusCode.OK, 135)]
    [InlineData("", HttpStatusCode.OK, 130)]
    [InlineData("status", HttpStatusCode.OK, 130)]
    [InlineData("nowhere", HttpStatusCode.NotFound, 130)]
    [InlineData("api/monitoring/deployment?action=metrics&format=csv", HttpStatusCode.OK, 130)]
    [InlineData("css/app.css", HttpStatusCode.OK, 130)]
    public async Task Every_kind_of_page_scores(string path, HttpStatusCode status, int least)
    {
        var token = await shared.Dashboard.TokenAsync(Role.Viewer);

        using var answer = await AskAsync(path, token, "https");
        using var clear = await AskAsync(path, token, "http");

        Assert.Equal(status, answer.StatusCode);
        var score = ObservatoryScore.Of(answer, await answer.Content.ReadAsStringAsync(Token), clear);
        Assert.True(score >= least, $"/{path} scores {score}: {answer.Headers}");
    }

    [Fact]
    public async Task Faults_cost_what_the_table_says()
    {
        using var plain = new HttpResponseMessage { Content = new StringContent("<script src=\"http://elsewhere.example/a.js\"></script>", mediaType: new("text/html")) };
        plain.Headers.Add("Content-Security-Policy", "script-src 'self' 'unsafe-inline'");
        plain.Headers.Add("Set-Cookie", "session=1; path=/");
        plain.Headers.Add("Referrer-Policy", "unsafe-url");
        using var clear = new HttpResponseMessage();

        // Inline scripts 20, cookie 40, no redirection 20, referrer 5, no HSTS 20, script from elsewhere 50, type 5, frames 20.
        Assert.Equal(-80, ObservatoryScore.Of(plain, await plain.Content.ReadAsStringAsync(Token), clear));
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string token, string scheme)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = PublicDashboard.Name;
        request.Headers.Add("Authorization", $"Bearer {token}");
        request.Headers.Add("X-Forwarded-Proto", scheme);
        return await shared.Dashboard.Anonymous.SendAsync(request, Token);
    }
}
