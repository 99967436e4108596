using Dashboard.Components.Shared;
using Microsoft.AspNetCore.Diagnostics;
using MudBlazor.Services;

namespace Dashboard.Components;

/// <summary>What the pages need beside the engine, and where they are served.</summary>
public static class ScreenServices
{
    public static IServiceCollection AddScreens(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();
        services.AddSingleton<IDesk, Desk>();
        return services;
    }

    /// <summary>Pages and static files; an address that nothing else answers shows the not-found page.</summary>
    public static WebApplication MapScreens(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(KeepForPagesAsync);
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }

    // Programs get problem details, and Hangfire has pages of its own.
    private static Task KeepForPagesAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        var isPage = !path.StartsWithSegments("/api", StringComparison.Ordinal) && !path.StartsWithSegments("/hangfire", StringComparison.Ordinal);
        if (!isPage && context.Features.Get<IStatusCodePagesFeature>() is { } notFound)
            notFound.Enabled = false;
        return next(context);
    }
}
