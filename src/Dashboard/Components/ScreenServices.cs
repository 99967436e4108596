using Dashboard.Access;
using Dashboard.Components.Access;
using Dashboard.Components.Approvals;
using Dashboard.Components.Layout;
using Dashboard.Components.Shared;
using Dashboard.Hosting;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using MudBlazor.Services;

namespace Dashboard.Components;

/// <summary>What the pages need beside the engine, and where they are served.</summary>
public static class ScreenServices
{
    /// <summary>Under these are no pages of ours.</summary>
    private static readonly string[] Others = ["/api", DashboardApp.JobsPath, "/_blazor", "/metrics"];

    public static IServiceCollection AddScreens(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();
        services.AddCascadingAuthenticationState().AddScoped<AuthenticationStateProvider, CircuitSession>().AddSingleton<ThemeSheet>().AddSingleton<Patience>().AddSingleton<SharedReads>().AddScoped<CircuitVisit>().AddScoped<IDesk, Desk>().AddScoped<IAccessDesk, AccessDesk>().AddScoped<IApprovalDesk, ApprovalDesk>();
        return services;
    }

    /// <summary>An address that nothing else answers shows the not-found page.</summary>
    public static void UseScreens(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(KeepForPagesAsync);
    }

    /// <summary>Pages and static files.</summary>
    public static WebApplication MapScreens(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        ThemeSheet.Map(app);

        // Its own policy would stand in the place of ours and say no more than who may frame a page.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null).RequireAuthorization(AccessPolicies.ReadPages);
        return app;
    }

    // Programs get problem details or a status alone, and Hangfire has pages of its own.
    private static Task KeepForPagesAsync(HttpContext context, RequestDelegate next)
    {
        var isPage = HttpMethods.IsGet(context.Request.Method) && !Others.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));
        if (!isPage && context.Features.Get<IStatusCodePagesFeature>() is { } notFound)
            notFound.Enabled = false;
        return next(context);
    }
}
