using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Dashboard.Access;

/// <summary>Where the link of the first start leads: it makes the first administrator, once.</summary>
internal static class SetUpPages
{
    public const string Path = "/set-up";

    public static void MapSetUp(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup(Path).AllowAnonymous().ExcludeFromDescription().RequireRateLimiting(RateLimits.SignIn);
        open.MapGet(string.Empty, async (string? key, FirstSetup setup, CancellationToken cancellationToken) =>
            key is not null && await setup.IsGoodAsync(key, cancellationToken) ? Page(key) : Page(key: null, problem: FirstSetup.Refusal, status: StatusCodes.Status404NotFound));
        open.MapPost(string.Empty, CompleteAsync).WithMetadata(new RequestSizeLimitAttribute(SignInPages.LongestBody)).AddEndpointFilter(FormFilter.CheckAsync).DisableAntiforgery();
    }

    private static async Task<IResult> CompleteAsync(HttpContext context, FirstSetup setup, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var (key, name, password) = (form["key"].ToString(), form["name"].ToString(), form["password"].ToString());
        if (password != form["again"].ToString())
            return Page(key, name, "The two passwords are not the same. Type both again.", StatusCodes.Status400BadRequest);
        try
        {
            var answer = await setup.CompleteAsync(key, name, password, context.Newcomer(), cancellationToken);
            if (answer.Account is not { } account)
                return Page(answer.Problem == FirstSetup.Refusal ? null : key, name, answer.Problem, StatusCodes.Status400BadRequest);
            await context.BeginSessionAsync(account, context.Newcomer(account.Name));
            return Results.LocalRedirect("/");
        }
        catch (AuditException exception)
        {
            return Page(key, name, exception.Message, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static RazorComponentResult<SetUpDocument> Page(string? key, string? name = null, string? problem = null, int status = StatusCodes.Status200OK) =>
        new(new { Key = key, Name = name, Problem = problem }) { StatusCode = status };
}
