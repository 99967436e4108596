using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Api;

public sealed class LogEndpointsTests(MongoFixture mongo) : IAsyncLifetime
{
    private readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(mongo);
        await _dashboard.Services.GetRequiredService<DashboardDatabase>().Database.GetCollection<LogLine>("logLines").InsertManyAsync(
            [Line("a", 30, LineLevel.Error, "old and bad"), Line("b", 5, LineLevel.Info, "it goes"), Line("c", 4, LineLevel.Error, "it broke")], cancellationToken: Token);
    }

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Gives_the_lines_of_a_time_from_a_level_on_as_json()
    {
        var answer = await _dashboard.Http.GetFromJsonAsync<JsonNode>(new Uri("api/logs/staging?since=15m&level=error", UriKind.Relative), Token);

        var line = Assert.Single(answer!["lines"]!.AsArray());
        Assert.Equal(("it broke", "error", "m1"), (line!["text"]!.GetValue<string>(), line["level"]!.GetValue<string>(), line["machine"]!.GetValue<string>()));
        Assert.False(answer["hasMore"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Gives_them_as_text()
    {
        var text = await _dashboard.Http.GetStringAsync(new Uri("api/logs/staging?since=1h&contains=BROKE&format=text", UriKind.Relative), Token);

        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} m1 ERROR   it broke\n# Nothing before .* UTC is kept\.\n$", text);
    }

    [Theory]
    [InlineData("api/logs/moon", HttpStatusCode.NotFound, "There is no environment 'moon'; there are staging, production.")]
    [InlineData("api/logs/staging?since=soon", HttpStatusCode.BadRequest, "'soon' is no time; write 15m, 1h or 30d")]
    [InlineData("api/logs/staging?level=loud", HttpStatusCode.BadRequest, "'loud' is no level; there are info, warning, error.")]
    [InlineData("api/logs/staging?format=xml", HttpStatusCode.BadRequest, "'xml' is neither json nor text.")]
    public async Task Refuses_what_it_cannot_answer(string address, HttpStatusCode code, string sentence)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri(address, UriKind.Relative), Token);

        Assert.Equal(code, response.StatusCode);
        Assert.Contains(sentence, System.Text.RegularExpressions.Regex.Unescape(await response.Content.ReadAsStringAsync(Token)), StringComparison.Ordinal);
    }

    private LogLine Line(string id, int minutesAgo, LineLevel level, string text) =>
        new() { Id = id, Environment = "staging", At = _now.AddMinutes(-minutesAgo), Machine = "m1", Level = level, Text = text, Order = 1 };
}
