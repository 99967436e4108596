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
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }
}
