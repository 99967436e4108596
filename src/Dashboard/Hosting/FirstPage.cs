using System.Diagnostics;
using System.Globalization;
using Dashboard.Access;
using Dashboard.Operations.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Dashboard.Hosting;

/// <summary>Asks for a page as the first visitor does, once the server listens and before anything that waits for <see cref="Readiness"/> begins: whoever comes next finds it compiled.</summary>
internal sealed class FirstPage(IServer server, Settings settings, TimeProvider time) : IHostedLifecycleService
{
    public int Port { get; private set; }

    /// <summary>Where a browser finds the dashboard, without a slash at its end.</summary>
    public string At { get; private set; } = string.Empty;

    /// <summary>What came, and how long after the start of this process.</summary>
    public string Outcome { get; private set; } = "not asked for yet";

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        Port = new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port;
        At = settings.Access.PublicAddress?.GetLeftPart(UriPartial.Authority) ?? $"http://localhost:{Port}";
        using var http = new HttpClient();
        using var first = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://localhost:{Port}{(settings.Access.PublicAddress is null ? SignInPages.Path : "/live")}")) { Headers = { Host = new Uri(At).Authority } };
        using var page = await http.SendAsync(first, cancellationToken);
        using var self = Process.GetCurrentProcess();
        var took = time.GetUtcNow().UtcDateTime - self.StartTime.ToUniversalTime();
        Outcome = string.Create(CultureInfo.InvariantCulture, $"{(page.IsSuccessStatusCode ? "served" : $"answered {(int)page.StatusCode}")} {took.TotalSeconds:0.0} s after the start");
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
