using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Dashboard.Access;

/// <summary>Registers how a request says who sends it: a token in its header, else a cookie.</summary>
internal static class AccessSchemes
{
    /// <summary>The prefix makes browsers refuse it from another host, path or an unsecured connection.</summary>
    public const string CookieName = "__Host-dashboard";

    private const string Either = "access";

    /// <summary>A working day; after it one signs in again.</summary>
    private static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    public static IServiceCollection AddAccessSchemes(this IServiceCollection services)
    {
        services.AddSingleton<CookieSession>().AddAuthorization();
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, displayName: null, policy => policy.ForwardDefaultSelector = context =>
                BearerHandler.IsMeant(context.Request) ? BearerHandler.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, configureOptions: null)
            .AddCookie(cookie =>
            {
                cookie.Cookie.Name = CookieName;
                cookie.Cookie.Path = "/";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
                cookie.ExpireTimeSpan = SessionLength;
                cookie.SlidingExpiration = false;
                cookie.LoginPath = "/sign-in";
                cookie.AccessDeniedPath = "/sign-in";
                cookie.EventsType = typeof(CookieSession);
            });
        return services;
    }
}
