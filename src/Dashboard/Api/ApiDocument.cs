using Dashboard.Access;
using Scalar.AspNetCore;

namespace Dashboard.Api;

/// <summary>The description of the HTTP interface for programs, and the page on which a person reads and tries it.</summary>
public static class ApiDocument
{
    public const string PagePath = "/api/docs";

    public const string Address = "/api/openapi.json";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi(document => document.AddDocumentTransformer((open, _, _) =>
    {
        open.Info.Title = "D&D Tracker operations";
        open.Info.Description = "The operations, their runs, and the original system's health and monitoring paths. Errors outside those paths are problem details (RFC 9457).";
        open.Servers = [];
        return Task.CompletedTask;
    }));

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(Address).RequireAuthorization(AccessPolicies.ReadPages).ExcludeFromDescription();

        // What its maker's servers would do for the reader is off: no page of ours asks another host.
        routes.MapScalarApiReference(PagePath, page => page
            .WithTitle("HTTP interface · D&D Tracker operations")
            .WithOpenApiRoutePattern(Address)
            .WithNonce()
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry()
            .HideDeveloperTools()).RequireAuthorization(AccessPolicies.ReadPages).ExcludeFromDescription();
    }
}
