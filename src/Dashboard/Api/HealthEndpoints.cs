using System.Text.Json;
using Dashboard.Access;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health.Contract;

namespace Dashboard.Api;

/// <summary>The original's health paths, with its keys, units and status codes, and paths that say only that this process lives.</summary>
public static class HealthEndpoints
{
    private const string OfWhich = "Of the default environment, or of the one that ?environment= names.";
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // A platform that restarts what does not answer must never do so because a database is away.
        routes.MapMethods("/live", [HttpMethods.Get, HttpMethods.Head], () => "ok").AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/api/live", () => "ok").AllowAnonymous().WithTags("Health").WithSummary("Answers while this process lives; depends on nothing else.");

        Map(routes, "/api/health", (contract, environment, token) => contract.HealthAsync(environment, token))
            .WithSummary("Whether the application answers and reaches its database.").Produces<HealthAnswerBody>().Produces<HealthAnswerBody>(503).Produces<HealthErrorBody>(500);
        Map(routes, "/api/health/database", (contract, environment, token) => contract.DatabaseAsync(environment, token))
            .WithSummary("How fast the database answers, and what is in it.").Produces<DatabaseBody>().Produces<DatabaseBody>(503).Produces<ConnectionErrorBody>(500);
        Map(routes, "/api/health/migrations", (contract, environment, token) => contract.MigrationsAsync(environment, token))
            .WithSummary("How many migrations are executed and pending.").Produces<MigrationsBody>().Produces<MigrationsBody>(503).Produces<ConnectionErrorBody>(500);
        Map(routes, "/api/health/db", (contract, environment, token) => contract.DbAsync(environment, token))
            .WithSummary("Whether the database answers a ping.").Produces<DbBody>().Produces<DbBody>(503);
    }

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder routes, string path, Func<HealthContract, TargetEnvironment, CancellationToken, Task<ContractAnswer>> ask) => routes
        .MapMethods(path, Methods, async (string? environment, HealthContract contract, CancellationToken cancellationToken) => contract.Find(environment) is { } found
            ? Write(await ask(contract, found, cancellationToken))
            : Results.Problem($"There is no environment '{environment}'.", statusCode: StatusCodes.Status404NotFound, title: "Unknown environment"))
        .RequireAuthorization(AccessPolicies.ReadFigures).RequireRateLimiting(RateLimits.Open).WithTags("Health").WithDescription(OfWhich).ProducesProblem(StatusCodes.Status404NotFound);

    private static IResult Write(ContractAnswer answer) => Results.Json(answer.Body, JsonSerializerOptions.Web, "application/json", answer.Code);
}
