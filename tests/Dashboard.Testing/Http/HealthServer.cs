using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dashboard.Testing.Http;

/// <summary>A real web server whose answers a test chooses.</summary>
public sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _asked;

    private HealthServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public int Asked => Volatile.Read(ref _asked);

    public static async Task<HealthServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new HealthServer(builder.Build());
        server._app.Run(context =>
        {
            Interlocked.Increment(ref server._asked);
            return answer(context);
        });
        await server._app.StartAsync();
        return server;
    }

    public static Task<HealthServer> StartAsync(int code, string body, string type = "application/json") => StartAsync(async context =>
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body, Encoding.UTF8);
    });

    /// <summary>A loopback address that refuses connections.</summary>
    public static Uri Nowhere()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
