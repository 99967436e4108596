using Dashboard.Operations.Access;
using Dashboard.Operations.Configuration;
using Microsoft.AspNetCore.Authorization;

namespace Dashboard.Access;

/// <summary>
/// What every route asks for, by the words of <see cref="AccessRules"/>. A route without such a word is refused to everybody, so that one that was forgotten is
/// found at once, and an address where nothing is says so to those alone who may look.
/// </summary>
internal static class AccessPolicies
{
    /// <summary>Somebody, whoever he is: what he may is decided by what he asks for.</summary>
    public const string Somebody = "somebody";

    /// <summary>Whoever may look; in some configurations everybody.</summary>
    public const string ReadFigures = "read-metrics";

    public const string ReadPages = "read-pages";

    public static IServiceCollection AddAccessPolicies(this IServiceCollection services) => services
        .AddSingleton<IAuthorizationHandler, ActionHandler>()
        .AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalRecord>()
        .AddAuthorization(options =>
        {
            options.FallbackPolicy = new AuthorizationPolicyBuilder().AddRequirements(new ForgottenRoute()).Build();
            options.AddPolicy(Somebody, policy => policy.AddRequirements(new ActionRequirement(null)));
            foreach (var action in AccessRules.Actions)
                options.AddPolicy(action, policy => policy.AddRequirements(new ActionRequirement(action)));
        });
}

/// <summary>That somebody may do this.</summary>
/// <param name="action">Null: that he is somebody.</param>
internal sealed class ActionRequirement(string? action) : IAuthorizationRequirement
{
    public string? Action => action;
}

/// <summary>What is asked where a route says nothing: refused, unless there is no route and the answer only says so.</summary>
internal sealed class ForgottenRoute : IAuthorizationRequirement;

/// <summary>Asks the rules.</summary>
internal sealed class ActionHandler(AccessSettings settings) : IAuthorizationHandler
{
    /// <summary>The framework's own route for a file that is not there.</summary>
    private const string FilesThatAreMissing = "{**path:file}";

    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        var caller = CallerClaims.CallerOf(context.User);
        foreach (var requirement in context.PendingRequirements.ToList())
        {
            var may = requirement switch
            {
                ActionRequirement { Action: null } => caller is not null,
                ActionRequirement { Action: AccessPolicies.ReadFigures } when settings.AnonymousReading => true,
                ActionRequirement { Action: { } action } => AccessRules.May(caller, action),
                ForgottenRoute => caller is not null && context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: not FilesThatAreMissing },
                _ => false,
            };
            if (may)
                context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
