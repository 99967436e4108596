using System.Globalization;
using Dashboard.Operations.Configuration;
using Serilog;
using Serilog.AspNetCore;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace Dashboard.Hosting;

/// <summary>Compact JSON on the console in service, readable lines in local mode; one event per request.</summary>
internal static partial class Logs
{
    private const string Readable = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj} {RunId}{NewLine}{Exception}";

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
        ITextFormatter format = mode == DashboardMode.Local ? new MessageTemplateTextFormatter(Readable, CultureInfo.InvariantCulture) : new RenderedCompactJsonFormatter();
        return logger.WriteTo.Console(new Masked(format, options.Secrets), standardErrorFromLevel: toStandardError).CreateLogger();
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

    /// <summary>The whole line is formatted first, so that nothing in it escapes the mask: not a property, not an exception's text.</summary>
    internal sealed class Masked(ITextFormatter format, SecretMask secrets) : ITextFormatter
    {
        public void Format(LogEvent logEvent, TextWriter output)
        {
            using var line = new StringWriter(CultureInfo.InvariantCulture);
            format.Format(logEvent, line);
            output.Write(secrets.Apply(line.ToString()));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence}")]
    private static partial void LogConfiguration(Microsoft.Extensions.Logging.ILogger logger, string sentence);
}
