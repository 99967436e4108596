using System.Net;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Configuration;

/// <summary>The <c>access</c> section of <c>config/dashboard.json</c>.</summary>
public sealed record AccessSettings
{
    /// <summary>Where people reach the dashboard by TLS, behind a proxy; null listens on loopback alone.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Whose word about the visitor's address is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The header in which the proxy says that address. Of a list the last one counts, which is the nearest.</summary>
    public string ClientAddressHeader { get; init; } = "X-Forwarded-For";

    /// <summary>Whether health, figures and the CSV are given to whoever asks.</summary>
    public bool AnonymousReading { get; init; }

    /// <summary>Null: accounts with a password alone.</summary>
    public OpenIdConnectSettings? OpenIdConnect { get; init; }

    public IReadOnlyList<ApprovalRule> Approvals { get; init; } = [];
}

/// <summary>A provider that vouches for people.</summary>
/// <param name="RoleClaim">Its claim that says what somebody is there.</param>
/// <param name="Roles">What the claim's values are here; somebody with none of them is refused, and of several the highest counts.</param>
public sealed record OpenIdConnectSettings(string Title, Uri Authority, string ClientId, string ClientSecret, string RoleClaim, IReadOnlyDictionary<string, Role> Roles)
{
    /// <summary>A record would print the secret.</summary>
    public override string ToString() => $"{Title} ({Authority})";
}

/// <summary>That an operation in an environment needs a second person.</summary>
/// <param name="Expires">How long a request waits for one.</param>
public sealed record ApprovalRule(string Operation, string Environment, TimeSpan Expires);
