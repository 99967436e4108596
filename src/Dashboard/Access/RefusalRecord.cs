using Dashboard.Operations.Audit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Dashboard.Access;

/// <summary>Writes into the trail that a route was refused to somebody who is known, or to nobody who wanted to change something; looking without a sign-in is no event.</summary>
internal sealed class RefusalRecord(AuditTrail trail) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var request = context.Request;
        if (authorizeResult.Forbidden || (authorizeResult.Challenged && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)))
            await trail.AppendAsync(
                context.Visit().Asker.Fact(WordOf(policy), $"{request.Method} {request.Path}") with { Outcome = AuditOutcome.Refused }, context.RequestAborted);
        await _usual.HandleAsync(next, context, policy, authorizeResult);
    }

    private static string WordOf(AuthorizationPolicy policy) => policy.Requirements.OfType<ActionRequirement>().FirstOrDefault()?.Action ?? "ask";
}
