using Dashboard.Access;
using Dashboard.Hosting;
using Dashboard.Operations.Access;
using Dashboard.Operations.Configuration;

namespace Dashboard.CommandLine;

/// <summary>Starts the web server, and says where it is and when its first page was really served.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(DashboardOptions options, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(
            options with { Configure = services => services.AddSingleton<FirstPage>().AddHostedService(provider => provider.GetRequiredService<FirstPage>()) }, cancellationToken);
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
        var page = app.Services.GetRequiredService<FirstPage>();
        var signIn = await SignInAsync(app, page.At, cancellationToken);
        await Console.Out.WriteLineAsync($"""

              Dashboard    {page.At}
              Sign in      {signIn}
              Mode         {(app.Settings.Mode == DashboardMode.Local ? "local: the sample application runs as child processes" : "fly")}
              MongoDB      {app.MongoDescription}
              First page   {page.Outcome}
              Reach        {(app.Settings.Access.PublicAddress is { } reach ? $"{reach.Host}, behind a proxy with TLS; port {page.Port} of this machine" : "this machine only (loopback); access.publicAddress opens it")}
              Stop         Ctrl+C

            """);
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
