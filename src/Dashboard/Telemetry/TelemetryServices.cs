using Dashboard.Access;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Dashboard.Telemetry;

/// <summary>Figures for whoever collects them: Prometheus by <c>/metrics</c>, anything else by OTLP when its address is set.</summary>
public static class TelemetryServices
{
    /// <summary>The standard variables; without the first one nothing is sent anywhere.</summary>
    private const string Receiver = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, Func<string, string?> variable)
    {
        services.AddSingleton<StandingPoll>().AddHostedService(provider => provider.GetRequiredService<StandingPoll>()).AddSingleton<StandingGauges>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("dashboard", serviceVersion: typeof(TelemetryServices).Assembly.GetName().Version?.ToString(3)))
            .WithMetrics(metrics => metrics
                .AddMeter(StandingGauges.Name, RunTelemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime")
                .AddPrometheusExporter());
        if (variable(Receiver) is { Length: > 0 } receiver)
        {
            if (!Uri.TryCreate(receiver, UriKind.Absolute, out var address))
                throw new ConfigurationException([$"variable {Receiver}: '{receiver}' is not an absolute address such as http://localhost:4317."]);
            telemetry
                .WithTracing(traces => traces.AddSource(RunTelemetry.Name, "Microsoft.AspNetCore", "System.Net.Http"))
                .UseOtlpExporter(variable(Protocol) == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc, address);
        }

        return services;
    }

    /// <summary>Always 200 with text, also while the database is away: a scrape that fails looks like a dashboard that is down.</summary>
    public static void MapTelemetry(this WebApplication app)
    {
        // Made here, because gauges that nobody asks for are never made.
        _ = app.Services.GetRequiredService<StandingGauges>();
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(AccessPolicies.ReadFigures).RequireRateLimiting(RateLimits.Open);
    }
}
