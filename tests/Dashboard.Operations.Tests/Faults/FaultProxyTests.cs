using System.Net;
using System.Net.Sockets;
using System.Text;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>The proxy itself, in front of a server that answers every line with the same line.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private readonly EchoServer _server = new();
    private FaultProxy _proxy = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _proxy = FaultProxy.Start("127.0.0.1", _server.Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Passes_everything_on_without_faults()
    {
        using var client = await Client.ConnectAsync(_proxy.Port);

        Assert.Equal("one", await client.AskAsync("one"));
        Assert.Equal(new string('x', 100_000), await client.AskAsync(new string('x', 100_000)));
        Assert.Equal(1, _proxy.Accepted);
    }

    [Fact]
    public async Task Refuses_and_resets_while_it_is_down_and_serves_on_the_same_port_afterwards()
    {
        using var before = await Client.ConnectAsync(_proxy.Port);
        Assert.Equal("one", await before.AskAsync("one"));

        _proxy.Faults = new ProxyFaults { Down = true };
        await Assert.ThrowsAnyAsync<IOException>(() => before.AskAsync("two"));
        await Assert.ThrowsAsync<SocketException>(() => Client.ConnectAsync(_proxy.Port));

        _proxy.Faults = ProxyFaults.None;
        using var after = await Client.ConnectAsync(_proxy.Port);
        Assert.Equal("three", await after.AskAsync("three"));
    }

    [Fact]
    public async Task Resets_before_the_server_has_heard()
    {
        _proxy.Faults = new ProxyFaults { ResetPeer = true };
        using var client = await Client.ConnectAsync(_proxy.Port);

        await Assert.ThrowsAnyAsync<IOException>(() => client.AskAsync("one"));

        Assert.Empty(_server.Heard);
    }

    [Fact]
    public async Task Resets_after_the_server_has_acted_when_the_request_matches()
    {
        _proxy.Faults = new ProxyFaults { ResetAfterRequest = "delete" };
        using var client = await Client.ConnectAsync(_proxy.Port);
        Assert.Equal("read", await client.AskAsync("read"));

        await Assert.ThrowsAnyAsync<IOException>(() => client.AskAsync("delete"));

        Assert.Equal(["read", "delete"], _server.Heard);
    }

    [Fact]
    public async Task Swallows_what_is_said_until_it_is_switched_off()
    {
        _proxy.Faults = new ProxyFaults { Timeout = true };
        using var client = await Client.ConnectAsync(_proxy.Port);
        var answer = client.AskAsync("one");

        await Eventually.TrueAsync(() => _proxy.Accepted == 1, "the connection is taken");
        Assert.False(answer.IsCompleted);
        _proxy.Faults = ProxyFaults.None;

        await Assert.ThrowsAnyAsync<IOException>(() => answer);
        Assert.Empty(_server.Heard);
    }

    [Fact]
    public async Task Gives_an_answer_after_the_client_could_have_given_up()
    {
        _proxy.Faults = new ProxyFaults { HoldAnswers = true };
        using var client = await Client.ConnectAsync(_proxy.Port);
        var answer = client.AskAsync("one");
        await Eventually.TrueAsync(() => _server.Heard is ["one"], "the server has heard");

        Assert.False(answer.IsCompleted);
        _proxy.Faults = ProxyFaults.None;

        Assert.Equal("one", await answer);
    }

    [Fact]
    public async Task Closes_after_the_limit_of_data()
    {
        _proxy.Faults = new ProxyFaults { LimitData = 5 };
        using var client = await Client.ConnectAsync(_proxy.Port);

        var got = await client.ReadToEndAfterAsync("123456789");

        Assert.Equal("12345", got);
    }

    [Theory]
    [InlineData("latency")]
    [InlineData("jitter")]
    [InlineData("bandwidth")]
    [InlineData("slice")]
    [InlineData("slow close")]
    public async Task Takes_its_time_and_loses_nothing(string fault)
    {
        var slow = TimeSpan.FromMilliseconds(40);
        _proxy.Faults = fault switch
        {
            "latency" => new ProxyFaults { Latency = slow },
            "jitter" => new ProxyFaults { Latency = 2 * slow, Jitter = slow },
            "bandwidth" => new ProxyFaults { Bandwidth = 500 },
            "slice" => new ProxyFaults { Slice = 1, SlicePause = slow },
            _ => new ProxyFaults { SlowClose = slow },
        };
        using var client = await Client.ConnectAsync(_proxy.Port);
        var began = TimeProvider.System.GetTimestamp();

        var got = await client.ReadToEndAfterAsync("twenty bytes of text");

        Assert.Equal("twenty bytes of text\n", got);
        // A lower bound: the fault did happen. Slowness of the machine can only add to it.
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= slow);
    }

    private sealed class Client : IDisposable
    {
        private readonly TcpClient _tcp = new();
        private StreamReader _reader = null!;

        public static async Task<Client> ConnectAsync(int port)
        {
            var client = new Client();
            try
            {
                await client._tcp.ConnectAsync(IPAddress.Loopback, port, Token);
            }
            catch
            {
                client.Dispose();
                throw;
            }

            client._reader = new StreamReader(client._tcp.GetStream(), Encoding.ASCII);
            return client;
        }

        public async Task<string> AskAsync(string line)
        {
            await _tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), Token);
            return await _reader.ReadLineAsync(Token) ?? throw new IOException("The connection was closed.");
        }

        public async Task<string> ReadToEndAfterAsync(string line)
        {
            await _tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), Token);
            _tcp.Client.Shutdown(SocketShutdown.Send);
            return await _reader.ReadToEndAsync(Token);
        }

        public void Dispose()
        {
            _reader?.Dispose();
            _tcp.Dispose();
        }
    }

    private sealed class EchoServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<string> _heard = [];
        private readonly List<Task> _serving = [];

        public EchoServer()
        {
            _listener.Start();
            _serving.Add(ServeAsync());
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public IReadOnlyList<string> Heard
        {
            get
            {
                lock (_heard)
                    return [.. _heard];
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await Task.WhenAll(_serving);
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                    _serving.Add(EchoAsync(await _listener.AcceptTcpClientAsync()));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Stopped.
            }
        }

        private async Task EchoAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                    while (await reader.ReadLineAsync() is { } line)
                    {
                        lock (_heard)
                            _heard.Add(line);
                        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));
                    }
                }
                catch (IOException)
                {
                    // The proxy reset it.
                }
            }
        }
    }
}
