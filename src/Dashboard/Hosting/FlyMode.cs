using Dashboard.Operations.Configuration;
using Dashboard.Operations.Platforms.Fly;

namespace Dashboard.Hosting;

/// <summary>The platform outside local mode: flyctl, wherever the configuration says it is.</summary>
internal static partial class FlyMode
{
    // A start must not wait for a tool that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A tool or token that is missing is a warning here and a failure of the first call: the pages and backups work without.</summary>
    public static async Task<FlyPlatform> CreatePlatformAsync(DashboardOptions options, Settings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var fly = new FlyPlatformSettings(
            settings.Fly.Program,
            options.Variable(settings.Fly.TokenVariable),
            Path.Combine(options.LocalFolder, "flyctl"),
            [.. settings.Environments.Select(environment => new FlyEnvironment(environment.Name, environment.App, environment.FlyConfig))])
        {
            TokenVariable = settings.Fly.TokenVariable,
            Sha256 = settings.Fly.Sha256,
            Variable = options.Variable,
        };
        var check = fly with { Limits = fly.Limits with { Read = Patience, Grace = TimeSpan.FromSeconds(1) } };
        if (options.Serves && await FlyPlatform.WhyNotAsync(check, TimeProvider.System, cancellationToken) is { } reason)
            LogMissing(loggers.CreateLogger<FlyPlatform>(), reason);
        return new FlyPlatform(fly, TimeProvider.System);
    }

    [LoggerMessage(LogLevel.Warning, "Releases, scaling and logs will fail until this is corrected: {Reason}")]
    private static partial void LogMissing(ILogger logger, string reason);
}
