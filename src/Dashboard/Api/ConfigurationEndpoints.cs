using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Configuration.Report;

namespace Dashboard.Api;

/// <summary>What this process was configured with, for administrators; names of variables, never their values.</summary>
public static class ConfigurationEndpoints
{
    private const string Action = "read-configuration";

    public static void MapConfiguration(this IEndpointRouteBuilder routes) => routes.MapGet("/api/configuration", ReadAsync)
        .RequireAuthorization(Action).WithTags("Configuration").WithSummary("Every key of config/ as written, what comes of it, and what is odd about it.").Produces<ConfigurationReport>();

    private static async Task<ConfigurationReport> ReadAsync(HttpContext context, ConfigurationAudit configuration, AccessGate gate, CancellationToken cancellationToken)
    {
        await gate.SeeAsync(context.Visit(), new Act(Action, "the configuration"), cancellationToken);
        return configuration.Look();
    }
}
