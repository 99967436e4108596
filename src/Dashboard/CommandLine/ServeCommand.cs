using System.Diagnostics;
using System.Globalization;
using Dashboard.Hosting;
using Dashboard.Operations.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Dashboard.CommandLine;

/// <summary>Starts the web server and says when the first page was really served.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(DashboardOptions options, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(options, cancellationToken);
        try
        {
            await app.Web.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new StartRefusedException($"Port {options.Port} is in use by another program; end it, or start with --port 0 for a free one.", exception);
        }

        await SayReadyAsync(app, cancellationToken);
        await app.Web.WaitForShutdownAsync(cancellationToken);
        return ExitCodes.Succeeded;
    }

    private static async Task SayReadyAsync(DashboardApp app, CancellationToken cancellationToken)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        var port = new Uri(address).Port;
        using var http = new HttpClient();
        using var page = await http.GetAsync(new Uri($"http://localhost:{port}/"), cancellationToken);
        using var self = Process.GetCurrentProcess();
        var took = app.Services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime - self.StartTime.ToUniversalTime();
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""

              Dashboard    http://localhost:{port}
              Mode         {(app.Settings.Mode == DashboardMode.Local ? "local: the sample application runs as child processes" : "fly")}
              MongoDB      {app.MongoDescription}
              First page   {(page.IsSuccessStatusCode ? "served" : $"answered {(int)page.StatusCode}")} {took.TotalSeconds:0.0} s after the start
              Reach        this machine only (loopback), until there is a sign-in
              Stop         Ctrl+C

            """));
    }
}
