using Dashboard.Operations.Configuration;
using Dashboard.Operations.Platforms;

namespace Dashboard.Hosting;

/// <summary>Local mode's application: the sample's machines while this process serves, their last addresses when it does not.</summary>
internal static class LocalMode
{
    /// <summary>Opens the environments' addresses and begins to start their machines; null outside local mode and for a command-line run.</summary>
    /// <exception cref="StartRefusedException">Another dashboard runs them.</exception>
    public static async Task<LocalPlatform?> StartPlatformAsync(
        DashboardOptions options, Settings settings, MongoServers mongo, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (settings.Mode != DashboardMode.Local || !options.Serves)
            return null;

        var platform = new LocalPlatform(
            new LocalPlatformSettings(mongo.ConnectionString, FindProgram(), StateFolder(options)),
            TimeProvider.System,
            loggers.CreateLogger<LocalPlatform>());
        try
        {
            await platform.StartAsync(
                [.. settings.Environments.Select(environment => new LocalEnvironment(environment.Name, environment.Database, environment.LocalMachines, Port: 0))],
                cancellationToken);
            return platform;
        }
        catch (InvalidOperationException exception)
        {
            await platform.DisposeAsync();
            throw new StartRefusedException(exception.Message, exception);
        }
    }

    public static Uri AddressOf(EnvironmentSettings environment, DashboardOptions options, Settings settings, LocalPlatform? platform) =>
        settings.Mode != DashboardMode.Local ? environment.Url
        : platform?.AddressOf(environment.Name) ?? LocalPlatform.LastAddressOf(StateFolder(options), environment.Name) ?? environment.Url;

    private static string FindProgram()
    {
        try
        {
            return LocalPlatformSettings.FindProgram(AppContext.BaseDirectory);
        }
        catch (FileNotFoundException exception)
        {
            throw new StartRefusedException($"{exception.Message} Or set DASHBOARD_MODE=fly to operate the environments that config/dashboard.json names.", exception);
        }
    }

    private static string StateFolder(DashboardOptions options) => Path.Combine(options.LocalFolder, "platform");
}
