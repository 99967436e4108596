using System.Net;
using Dashboard.Testing.Mongo;

namespace Dashboard.Tests.Hosting;

public sealed class HostRulesTests(MongoFixture mongo) : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(mongo);

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Refuses_what_another_sites_page_sends(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/operations/create-backup");
        request.Headers.TryAddWithoutValidation(header, value);
        request.Content = new StringContent("""{"environment":"staging"}""", System.Text.Encoding.UTF8, "application/json");

        using var response = await _dashboard.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty((await _dashboard.GetAsync("api/runs")).AsArray());
    }

    [Fact]
    public async Task Refuses_a_circuit_that_another_sites_page_opens()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "_blazor/negotiate?negotiateVersion=1");
        request.Headers.TryAddWithoutValidation("Origin", "http://evil.example");

        using var response = await _dashboard.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Listens_on_loopback_alone()
    {
        var addresses = (await Dns.GetHostAddressesAsync(Dns.GetHostName(), TestContext.Current.CancellationToken)).Where(address => !IPAddress.IsLoopback(address));

        foreach (var address in addresses)
        {
            using var socket = new System.Net.Sockets.TcpClient();
            await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(
                async () => await socket.ConnectAsync(address, _dashboard.Http.BaseAddress!.Port, TestContext.Current.CancellationToken));
        }
    }
}
