using Dashboard.Operations.Configuration;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Local;

namespace Dashboard.Hosting;

/// <summary>Local mode's application: the sample's machines, which this process keeps while it serves and only borrows when it does not.</summary>
internal static class LocalMode
{
    /// <summary>Opens the environments' addresses and begins to start their machines, unless this is a command-line run; null outside local mode.</summary>
    /// <exception cref="StartRefusedException">Another dashboard runs them.</exception>
    public static async Task<LocalPlatform?> StartPlatformAsync(
        DashboardOptions options, Settings settings, MongoServers mongo, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (settings.Mode != DashboardMode.Local)
            return null;

        var platform = new LocalPlatform(
            new LocalPlatformSettings(mongo.ConnectionString, FindProgram(options), StateFolder(options)) { Serves = options.Serves },
            TimeProvider.System,
            loggers.CreateLogger<LocalPlatform>());
        LocalEnvironment[] environments =
            [.. settings.Environments.Select(environment => new LocalEnvironment(environment.Name, environment.Database, environment.LocalMachines, Port: 0))];
        try
        {
            if (options.Serves)
                await platform.StartAsync(environments, cancellationToken);
            else
                platform.Know(environments);
            return platform;
        }
        catch (Exception exception) when (exception is InvalidOperationException or PlatformException)
        {
            await platform.DisposeAsync();
            throw new StartRefusedException(exception.Message, exception);
        }
    }

    public static Uri AddressOf(EnvironmentSettings environment, LocalPlatform? platform) => platform?.AddressOf(environment.Name) ?? environment.Url;

    private static string FindProgram(DashboardOptions options)
    {
        try
        {
            return LocalPlatformSettings.FindProgram(AppContext.BaseDirectory);
        }
        catch (FileNotFoundException) when (!options.Serves)
        {
            return "DndTracker.dll"; // Most commands need no machine; one that does will say that it is missing.
        }
        catch (FileNotFoundException exception)
        {
            throw new StartRefusedException($"{exception.Message} Or set DASHBOARD_MODE=fly to operate the environments that config/dashboard.json names.", exception);
        }
    }

    private static string StateFolder(DashboardOptions options) => Path.Combine(options.LocalFolder, "platform");
}
