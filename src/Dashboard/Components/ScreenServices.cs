using Dashboard.Components.Shared;
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
        app.UseWhen(IsPage, pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }

    // Programs get problem details, and Hangfire has pages of its own.
    private static bool IsPage(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/hangfire", StringComparison.Ordinal);
}
