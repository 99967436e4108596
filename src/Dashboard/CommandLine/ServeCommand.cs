using System.Diagnostics;
using System.Globalization;
using Dashboard.Access;
using Dashboard.Hosting;
using Dashboard.Operations.Access;
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
        var at = app.Settings.Access.PublicAddress?.GetLeftPart(UriPartial.Authority) ?? $"http://localhost:{port}";
        using var first = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://localhost:{port}{(app.Settings.Access.PublicAddress is null ? SignInPages.Path : "/live")}")) { Headers = { Host = new Uri(at).Authority } };
        using var page = await http.SendAsync(first, cancellationToken);
        using var self = Process.GetCurrentProcess();
        var took = app.Services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime - self.StartTime.ToUniversalTime();
        var signIn = await SignInAsync(app, at, cancellationToken);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""

              Dashboard    {at}
              Sign in      {signIn}
              Mode         {(app.Settings.Mode == DashboardMode.Local ? "local: the sample application runs as child processes" : "fly")}
              MongoDB      {app.MongoDescription}
              First page   {(page.IsSuccessStatusCode ? "served" : $"answered {(int)page.StatusCode}")} {took.TotalSeconds:0.0} s after the start
              Reach        {(app.Settings.Access.PublicAddress is { } reach ? $"{reach.Host}, behind a proxy with TLS; port {port} of this machine" : "this machine only (loopback); access.publicAddress opens it")}
              Stop         Ctrl+C

            """));
    }

    /// <summary>The way in for whoever sees this terminal, where there is one; else the page.</summary>
    private static async Task<string> SignInAsync(DashboardApp app, string at, CancellationToken cancellationToken)
    {
        if (app.Settings.Mode == DashboardMode.Local)
            return $"{at}{app.Services.GetRequiredService<LocalSignIn>().Link}";
        var key = app.Settings.Access.OpenIdConnect is null ? await app.Services.GetRequiredService<FirstSetup>().BeginAsync(AccessCommands.Asker, cancellationToken) : null;
        return key is null ? at + SignInPages.Path : $"{at}{SetUpPages.Path}?key={key} makes the first account, once, within {FirstSetup.GoodFor.TotalMinutes:0} minutes";
    }
}
