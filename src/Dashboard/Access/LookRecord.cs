using Dashboard.Operations.Access;

namespace Dashboard.Access;

/// <summary>What is looked at behind a route, for the trail.</summary>
/// <param name="Action">One of <see cref="Sightings.Actions"/>.</param>
/// <param name="TargetOf">Null where the route has no name for it.</param>
/// <param name="IsEnvironment">The target is an environment.</param>
internal sealed record LookMark(string Action, Func<HttpContext, string?> TargetOf, bool IsEnvironment = false)
{
    public static LookMark OfRoute(string action, string value, bool isEnvironment = false) => new(action, context => context.GetRouteValue(value) as string, isEnvironment);
}

/// <summary>Notes who looks behind a route that has a <see cref="LookMark"/>, once something is shown to him.</summary>
internal sealed class LookRecord(RequestDelegate next, Sightings sightings)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<LookMark>() is { } mark)
            context.Response.OnStarting(() => NoteAsync(context, mark));
        return next(context);
    }

    private Task NoteAsync(HttpContext context, LookMark mark)
    {
        if (context.Response.StatusCode < StatusCodes.Status300MultipleChoices && mark.TargetOf(context) is { } target)
            sightings.Note(context.Visit(), mark.Action, target, mark.IsEnvironment ? target : null);
        return Task.CompletedTask;
    }
}
