using System.Globalization;
using Dashboard.Operations.Configuration;
using Serilog;
using Serilog.AspNetCore;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Dashboard.Hosting;

/// <summary>Compact JSON on the console in service, readable lines in local mode; one event per request.</summary>
internal static partial class Logs
{
    private const string Readable = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";

    public static Logger Create(DashboardMode mode, DashboardOptions options)
    {
        var logger = new LoggerConfiguration();
        if (!options.Logs)
            return logger.MinimumLevel.Fatal().CreateLogger();

        logger
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("Hangfire", LogEventLevel.Warning)
            .Enrich.FromLogContext();
        // A command-line run keeps its standard output for the result.
        var toStandardError = options.Serves ? (LogEventLevel?)null : LogEventLevel.Verbose;
        logger = mode == DashboardMode.Local
            ? logger.WriteTo.Console(outputTemplate: Readable, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: toStandardError)
            : logger.WriteTo.Console(new RenderedCompactJsonFormatter(), standardErrorFromLevel: toStandardError);
        return logger.CreateLogger();
    }

    /// <summary>What of the configuration is not obeyed, and why.</summary>
    public static void Warn(ILoggerFactory loggers, IEnumerable<string> warnings)
    {
        var logger = loggers.CreateLogger(typeof(Logs));
        foreach (var warning in warnings)
            LogConfiguration(logger, warning);
    }

    /// <summary>Requests that went well and quickly are not worth a line in local mode's console; those that failed are.</summary>
    public static void OneEventPerRequest(RequestLoggingOptions options) =>
        options.GetLevel = (context, _, exception) =>
            exception is not null || context.Response.StatusCode >= 500 ? LogEventLevel.Error
            : context.Response.StatusCode >= 400 ? LogEventLevel.Warning
            : LogEventLevel.Debug;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence}")]
    private static partial void LogConfiguration(Microsoft.Extensions.Logging.ILogger logger, string sentence);
}
