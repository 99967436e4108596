using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dashboard.Testing.Fly;

/// <summary>A registry on loopback that knows some images.</summary>
internal sealed class FakeRegistry : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, bool> _paths = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _authorizations = new();

    public FakeRegistry()
    {
        Host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");
        _listener.Prefixes.Add($"http://{Host}/");
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Host { get; }

    public IReadOnlyList<string> Authorizations => [.. _authorizations];

    public void Add(params string[] images)
    {
        foreach (var image in images)
            _paths[$"/v2/{image[(Host.Length + 1)..].Replace(":", "/manifests/", StringComparison.Ordinal)}"] = true;
    }

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _authorizations.Enqueue(context.Request.Headers["Authorization"] ?? "");
                var path = context.Request.Url!.AbsolutePath;
                context.Response.StatusCode = path.Contains("/teapot/", StringComparison.Ordinal) ? 418 : _paths.ContainsKey(path) ? 200 : 404;
                context.Response.Close();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
