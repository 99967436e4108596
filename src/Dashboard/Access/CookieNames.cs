namespace Dashboard.Access;

/// <summary>
/// How every cookie is sent. Behind TLS the prefix of the name makes browsers refuse it from another host, path or an unsecured connection; on loopback
/// there is no TLS, and not every browser takes a secured cookie there.
/// </summary>
/// <param name="isSecured">The dashboard is reached by TLS.</param>
internal sealed class CookieNames(bool isSecured)
{
    public const string Session = "dashboard";
    public const string Antiforgery = "dashboard-form";
    public const string Provider = "dashboard-provider";
    public const string ProviderNonce = "dashboard-nonce";

    public void Apply(CookieBuilder cookie, string name, SameSiteMode sameSite = SameSiteMode.Strict)
    {
        cookie.Name = isSecured ? $"__Host-{name}" : name;
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = sameSite;
        cookie.SecurePolicy = isSecured ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
    }
}
