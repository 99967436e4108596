using System.Text.Json;
using Dashboard.Access;
using Dashboard.Operations.Migrations;

namespace Dashboard.Api;

/// <summary>What is executed, pending, failed, drifted and orphaned in an environment, for programs.</summary>
public static class MigrationEndpoints
{
    public static void MapMigrations(this IEndpointRouteBuilder routes) => routes.MapGet("/api/migrations/{environment}", FindAsync)
        .RequireAuthorization(AccessPolicies.ReadPages).WithTags("Migrations").WithSummary("What is pending, executed, failed, drifted and orphaned.").ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> FindAsync(string environment, MigrationPages pages, CancellationToken cancellationToken)
    {
        if (await pages.FindAsync(environment, cancellationToken) is not { } section)
            return Results.Problem($"There is no environment '{environment}'.", statusCode: StatusCodes.Status404NotFound, title: "Unknown environment");
        return section.Status is null
            ? Results.Problem(section.Problem, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The migrations cannot be told")
            : Results.Json(MigrationAnswer.Of(section), JsonSerializerOptions.Web);
    }
}
