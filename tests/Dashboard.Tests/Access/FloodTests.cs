using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Access;

/// <summary>LD2: strangers who hold thousands of half requests open and knock at the circuits' door get none, and an administrator signs in beside them.</summary>
public sealed class FloodTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Strangers_get_no_circuit_and_keep_nobody_out()
    {
        var circuits = new Circuits();
        await using var dashboard = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup { Configure = services => services.AddSingleton<CircuitHandler>(circuits) });
        var asker = new Asker("Vic", "administrator", Door.CommandLine, "host");
        await dashboard.Services.GetRequiredService<AccountBook>().CreateAsync("Ada", OpenPage.Password, Role.Administrator, asker, Token);

        ConcurrentBag<Socket> slow = [];
        try
        {
            await Parallel.ForAsync(0, FaultCounts.Of(quick: 1_000, full: 5_000), Token, async (_, token) => slow.Add(await BeginAsync(dashboard.Address, token)));
            for (var knock = 0; knock < 50; knock++)
                await AssertNoDoorAsync(dashboard);

            using var signed = await FormToken.SignInAsync(dashboard, "Ada", Token);
            Assert.Equal(HttpStatusCode.Redirect, signed.StatusCode);
            using var status = await dashboard.Anonymous.GetAsync(new Uri("status", UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.OK, status.StatusCode);
            Assert.Equal(0, circuits.Opened);
        }
        finally
        {
            foreach (var socket in slow)
                socket.Dispose();
        }
    }

    /// <summary>A request whose end never comes.</summary>
    private static async Task<Socket> BeginAsync(Uri address, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, token);
        await socket.SendAsync("GET /status HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8.ToArray(), token);
        return socket;
    }

    private static async Task AssertNoDoorAsync(TestDashboard dashboard)
    {
        using var negotiate = await dashboard.Anonymous.PostAsync(new Uri("_blazor/negotiate?negotiateVersion=1", UriKind.Relative), content: null, Token);
        Assert.True(negotiate.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Redirect, $"A stranger was answered {negotiate.StatusCode}.");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", dashboard.Address.GetLeftPart(UriPartial.Authority));
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(dashboard.Address) { Scheme = "ws", Path = "_blazor" }.Uri, Token));
        Assert.NotEqual(WebSocketState.Open, socket.State);
    }

    private sealed class Circuits : CircuitHandler
    {
        private int _opened;

        public int Opened => _opened;

        public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _opened);
            return Task.CompletedTask;
        }
    }
}
