using System.Net;
using System.Text.Json.Nodes;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Configuration;

/// <summary>Reads the <c>access</c> section of <c>config/dashboard.json</c>.</summary>
internal sealed class AccessSettingsReader(Func<string, string?> variable, DashboardMode mode, IReadOnlyCollection<string> operations, IReadOnlyCollection<string> environments, List<string> errors)
{
    private const string Place = "config/dashboard.json: access";
    private const string AddressVariable = "PUBLIC_ADDRESS";
    private const string ProxiesVariable = "TRUSTED_PROXIES";
    private static readonly TimeSpan UsualWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    /// <summary>What Fly.io's proxy comes from: its machines' private networks. Anybody in such a network elsewhere could say that he is one.</summary>
    private static readonly string[] FlyProxies = ["172.16.0.0/12", "fdaa::/16"];

    private static readonly string[] ProxiesOfThisMachine = ["127.0.0.0/8", "::1/128"];

    /// <summary>Set by Fly.io in each of its machines.</summary>
    private bool IsOnFly => variable("FLY_APP_NAME") is { Length: > 0 };

    /// <param name="section">Null where there is none.</param>
    public AccessSettings Read(JsonObject? section) => new()
    {
        PublicAddress = ReadAddress(section),
        TrustedProxies = ReadProxies(section),

        // Fly.io ends X-Forwarded-For with an address of the application itself, the same for every visitor (fly.io/docs/networking/request-headers).
        ClientAddressHeader = section?["clientAddressHeader"]?.GetValue<string>() ?? (IsOnFly ? "Fly-Client-IP" : "X-Forwarded-For"),
        AnonymousReading = section?["anonymousReading"]?.GetValue<bool>() ?? mode == DashboardMode.Local,
        OpenIdConnect = section?["openIdConnect"] is JsonObject provider ? ReadProvider(provider) : null,
        Approvals = [.. (section?["approvals"]?.AsArray() ?? []).Select(rule => ReadRule(rule!.AsObject()))],
    };

    private Uri? ReadAddress(JsonObject? section)
    {
        var (place, text) = variable(AddressVariable) is { Length: > 0 } given ? ($"variable {AddressVariable}", given) : ($"{Place}.publicAddress", section?["publicAddress"]?.GetValue<string>());
        if (text is null)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps || address.PathAndQuery != "/")
        {
            errors.Add($"{place}: '{text}' is not an address such as https://ops.example.org: people sign in there, so it has TLS, and the dashboard is at its root.");
            return null;
        }

        if (mode == DashboardMode.Local)
            errors.Add($"{place}: in local mode whoever has the start's link is an administrator, so it is reached from this machine alone; remove the address, or set DASHBOARD_MODE=fly.");
        return address;
    }

    private IReadOnlyList<IPNetwork> ReadProxies(JsonObject? section)
    {
        if (variable(ProxiesVariable) is { Length: > 0 } given)
            return [.. given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => ReadNetwork($"variable {ProxiesVariable}", text)).OfType<IPNetwork>()];
        var named = section?["trustedProxies"]?.AsArray().Select(network => network!.GetValue<string>());
        return [.. (named ?? (IsOnFly ? FlyProxies : ProxiesOfThisMachine)).Select(text => ReadNetwork($"{Place}.trustedProxies", text)).OfType<IPNetwork>()];
    }

    private IPNetwork? ReadNetwork(string place, string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return network;
        errors.Add($"{place}: '{text}' is not a network such as 172.16.0.0/12.");
        return null;
    }

    private OpenIdConnectSettings ReadProvider(JsonObject section)
    {
        var name = section["secretVariable"]?.GetValue<string>() ?? "OIDC_CLIENT_SECRET";
        var secret = variable(name);
        if (string.IsNullOrWhiteSpace(secret))
            errors.Add($"{Place}.openIdConnect.secretVariable: the variable {name} is not set; set it to the client's secret, or remove the section.");
        if (!Uri.TryCreate(section["authority"]!.GetValue<string>(), UriKind.Absolute, out var authority) || (authority.Scheme != Uri.UriSchemeHttps && !authority.IsLoopback))
        {
            errors.Add($"{Place}.openIdConnect.authority: '{section["authority"]}' is not an address by TLS; only a provider on this machine may be without.");
            authority = new Uri("https://invalid.example");
        }

        var roles = section["roles"]!.AsObject().ToDictionary(
            entry => entry.Key, entry => RoleWords.TryRead(entry.Value!.GetValue<string>(), out var role) ? role : Role.Viewer, StringComparer.Ordinal);
        return new OpenIdConnectSettings(
            section["title"]?.GetValue<string>() ?? authority.Host, authority, section["clientId"]!.GetValue<string>(), secret ?? string.Empty, section["roleClaim"]?.GetValue<string>() ?? "groups", roles);
    }

    private ApprovalRule ReadRule(JsonObject section)
    {
        var rule = new ApprovalRule(section["operation"]!.GetValue<string>(), section["environment"]!.GetValue<string>(), UsualWait);
        if (!operations.Contains(rule.Operation, StringComparer.Ordinal))
            errors.Add($"{Place}.approvals: there is no operation '{rule.Operation}'; there are {string.Join(", ", operations.Order(StringComparer.Ordinal))}.");
        if (!environments.Contains(rule.Environment, StringComparer.Ordinal))
            errors.Add($"{Place}.approvals: there is no environment '{rule.Environment}'; there are {string.Join(", ", environments)}.");
        if (section["expires"]?.GetValue<string>() is not { } text)
            return rule;
        if (Moments.TryReadSpan(text, out var span) && span > TimeSpan.Zero && span <= LongestWait)
            return rule with { Expires = span };
        errors.Add($"{Place}.approvals: expires '{text}' is no time such as 30m, 1h or 2d, {LongestWait.TotalDays:0} days at most.");
        return rule;
    }
}
