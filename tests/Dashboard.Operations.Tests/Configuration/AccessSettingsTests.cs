using System.Net;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Tests.Configuration;

public sealed class AccessSettingsTests : ConfigCopy
{
    private const string Whole = """
        {
          "publicAddress": "https://ops.example.org",
          "trustedProxies": ["10.0.0.0/8"],
          "clientAddressHeader": "X-Real-IP",
          "anonymousReading": true,
          "openIdConnect": { "authority": "https://id.example.org", "clientId": "dashboard", "roles": { "ops": "operator" } },
          "approvals": [{ "operation": "create-backup", "environment": "production", "expires": "30m" }, { "operation": "prune-backups", "environment": "staging" }]
        }
        """;

    public AccessSettingsTests()
    {
        Change("dashboard.json", "mode", "\"fly\"");
        foreach (var name in (string[])["STAGING_MONGODB_URI", "PRODUCTION_MONGODB_URI", "BACKUP_ENCRYPTION_KEY"])
            Variables[name] = Convert.ToBase64String(new byte[32]);
        Variables["OIDC_CLIENT_SECRET"] = "s-word";
    }

    [Fact]
    public void Without_a_section_this_machine_alone_is_answered_and_nobody_reads_unsigned_but_in_local_mode()
    {
        var access = Load().Access;
        Assert.Equal((null, false, null, 0), (access.PublicAddress, access.AnonymousReading, access.OpenIdConnect, access.Approvals.Count));

        Change("dashboard.json", "mode", "\"local\"");
        Assert.True(Load().Access.AnonymousReading);
    }

    [Fact]
    public void Everything_is_read_and_no_secret_is_printed()
    {
        Change("dashboard.json", "access", Whole);

        var access = Load().Access;

        Assert.Equal((new Uri("https://ops.example.org"), true, IPNetwork.Parse("10.0.0.0/8"), "X-Real-IP"), (access.PublicAddress, access.AnonymousReading, Assert.Single(access.TrustedProxies), access.ClientAddressHeader));
        Assert.Equal(("id.example.org", "dashboard", "s-word", "groups", Role.Operator), (access.OpenIdConnect!.Title, access.OpenIdConnect.ClientId, access.OpenIdConnect.ClientSecret, access.OpenIdConnect.RoleClaim, access.OpenIdConnect.Roles["ops"]));
        Assert.DoesNotContain("s-word", access.ToString(), StringComparison.Ordinal);
        Assert.Equal([new ApprovalRule("create-backup", "production", TimeSpan.FromMinutes(30)), new ApprovalRule("prune-backups", "staging", TimeSpan.FromHours(1))], access.Approvals);
    }

    [Fact]
    public void A_variable_goes_before_the_file()
    {
        Change("dashboard.json", "access", Whole);
        Variables["PUBLIC_ADDRESS"] = "https://other.example.org";
        Variables["TRUSTED_PROXIES"] = "10.1.0.0/16, fd00::/8";

        var access = Load().Access;

        Assert.Equal("other.example.org", access.PublicAddress?.Host);
        Assert.Equal([IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("fd00::/8")], access.TrustedProxies);
    }

    [Fact]
    public void The_proxy_that_is_believed_is_this_machines_or_on_fly_io_that_of_its_private_networks_in_its_own_header()
    {
        var here = Load().Access;
        Variables["FLY_APP_NAME"] = "dashboard";
        var onFly = Load().Access;

        Assert.Equal([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")], here.TrustedProxies);
        Assert.Equal([IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("fdaa::/16")], onFly.TrustedProxies);
        Assert.Equal(("X-Forwarded-For", "Fly-Client-IP"), (here.ClientAddressHeader, onFly.ClientAddressHeader));
    }

    [Fact]
    public void A_network_in_the_variable_that_is_none_is_named()
    {
        Variables["TRUSTED_PROXIES"] = "10.0.0.0/99";

        Assert.Contains("variable TRUSTED_PROXIES: '10.0.0.0/99' is not a network such as 172.16.0.0/12.", Errors());
    }

    [Theory]
    [InlineData("access.publicAddress", "\"https://ops.example.org/below?a=b\"", "config/dashboard.json: access.publicAddress: ")]
    [InlineData("access.trustedProxies", "[\"10.0.0.0/99\"]", "config/dashboard.json: access.trustedProxies: '10.0.0.0/99' is not a network such as 172.16.0.0/12.")]
    [InlineData("access.openIdConnect.authority", "\"http://id.example.org\"", "config/dashboard.json: access.openIdConnect.authority: 'http://id.example.org' is not an address by TLS; only a provider on this machine may be without.")]
    [InlineData("access.openIdConnect.secretVariable", "\"NOT_SET\"", "config/dashboard.json: access.openIdConnect.secretVariable: the variable NOT_SET is not set; set it to the client's secret, or remove the section.")]
    [InlineData("access.openIdConnect.roles", """{ "ops": "root" }""", "config/dashboard.json: access.openIdConnect.roles.ops: ")]
    [InlineData("access.approvals", """[{ "operation": "make-coffee", "environment": "staging" }]""", "config/dashboard.json: access.approvals: there is no operation 'make-coffee'; there are ")]
    [InlineData("access.approvals", """[{ "operation": "create-backup", "environment": "moon" }]""", "config/dashboard.json: access.approvals: there is no environment 'moon'; there are staging, production.")]
    [InlineData("access.approvals", """[{ "operation": "create-backup", "environment": "staging", "expires": "8d" }]""", "config/dashboard.json: access.approvals: expires '8d' is no time such as 30m, 1h or 2d, 7 days at most.")]
    public void What_is_wrong_is_named(string key, string value, string error)
    {
        Change("dashboard.json", "access", Whole);
        Change("dashboard.json", key, value);

        Assert.StartsWith(error, Assert.Single(Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_address_is_refused_in_local_mode_because_of_its_link()
    {
        Change("dashboard.json", "mode", "\"local\"");
        Variables["PUBLIC_ADDRESS"] = "https://ops.example.org";

        Assert.StartsWith("variable PUBLIC_ADDRESS: in local mode whoever has the start's link is an administrator", Assert.Single(Errors()), StringComparison.Ordinal);
    }
}
