using Dashboard.Operations.Access;
using Dashboard.Operations.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Dashboard.Access;

/// <summary>Registers how a request says who sends it: a token in its header, else a cookie.</summary>
internal static class AccessSchemes
{
    private const string Either = "access";

    public static IServiceCollection AddAccessSchemes(this IServiceCollection services, AccessSettings settings)
    {
        var cookies = new CookieNames(settings.PublicAddress is not null);
        services.AddSingleton<CookieSession>();
        var schemes = services.AddAuthentication(Either)
            .AddPolicyScheme(Either, displayName: null, policy => policy.ForwardDefaultSelector = context =>
                BearerHandler.IsMeant(context.Request) ? BearerHandler.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, configureOptions: null)
            .AddCookie(cookie =>
            {
                cookies.Apply(cookie.Cookie, CookieNames.Session);
                cookie.ExpireTimeSpan = Sessions.Longest;
                cookie.SlidingExpiration = false;
                cookie.LoginPath = SignInPages.Path;
                cookie.AccessDeniedPath = SignInPages.RefusedPath;
                cookie.EventsType = typeof(CookieSession);
            });
        if (settings.OpenIdConnect is { } provider)
            schemes.AddProvider(provider, cookies);
        return services.AddAntiforgery(antiforgery => cookies.Apply(antiforgery.Cookie, CookieNames.Antiforgery));
    }
}
