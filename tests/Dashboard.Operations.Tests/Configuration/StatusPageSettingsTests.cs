using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Tests.Configuration;

/// <summary>The statusPage section: absent is off, and what is wrong is named.</summary>
public sealed class StatusPageSettingsTests : ConfigCopy
{
    private const string Whole = """
        {
          "address": "https://status.example.org/",
          "mail": { "from": "D&D Tracker <status@example.org>", "smtp": { "host": "smtp.example.org", "auth": { "user": "u", "pass": "${SMTP_PASSWORD}" } } },
          "export": { "address": "https://example.org/copy/", "s3": { "bucket": "public", "prefix": "status" } }
        }
        """;


    [Fact]
    public void Nothing_is_on_without_a_section_and_with_one_that_is_switched_off()
    {
        Assert.Equal(new StatusPageSettings(), Load(null));
        Assert.Equal(new StatusPageSettings(), Load("""{ "mail": { "enabled": false, "from": "status@example.org", "smtp": { "host": "smtp", "auth": { "user": "u", "pass": "${NOT_SET}" } } } }"""));
    }

    [Fact]
    public void Everything_is_read_and_no_password_is_printed()
    {
        var settings = Load(Whole);

        Assert.Equal(("https://status.example.org", "status@example.org", "smtp.example.org:587", "p-word"), (settings.Mail!.Address, settings.Mail.From.Address, settings.Mail.Smtp.ToString(), settings.Mail.Smtp.Password));
        Assert.Equal(("https://example.org/copy", "public", "status/"), (settings.Export!.Address, settings.Export.Bucket!.Bucket, settings.Export.Bucket.Prefix));
        Assert.DoesNotContain("p-word", settings.ToString(), StringComparison.Ordinal);
        Assert.Equal(Path.Combine(Root.FullName, "site"), Load("""{ "export": { "address": "http://localhost:8080", "directory": "site" } }""").Export!.Directory);
    }

    [Theory]
    [InlineData("address", null, "config/dashboard.json: statusPage.address: is missing; mails need it for their links. Say where the world reaches this dashboard.")]
    [InlineData("address", "http://status.example.org", "config/dashboard.json: statusPage.address: 'http://status.example.org' is not https; http is for this machine alone.")]
    [InlineData("address", "https://status.example.org/?a=b", "config/dashboard.json: statusPage.address: 'https://status.example.org/?a=b' is not an absolute address without user, query and fragment.")]
    [InlineData("mail.from", "nobody", "config/dashboard.json: statusPage.mail.from: 'nobody' is no e-mail address.")]
    [InlineData("mail.smtp.host", "a b", "config/dashboard.json: statusPage.mail.smtp.host: 'a b' is no host name.")]
    [InlineData("export.address", "https://u:p@example.org", "config/dashboard.json: statusPage.export.address: 'https://u:p@example.org' is not an absolute address without user, query and fragment.")]
    [InlineData("export.directory", "site", "config/dashboard.json: statusPage.export: say either directory or s3.")]
    [InlineData("export.s3", null, "config/dashboard.json: statusPage.export: say either directory or s3.")]
    public void What_is_wrong_is_named(string key, string? value, string error)
    {
        var section = JsonNode.Parse(Whole)!.AsObject();
        var parts = key.Split('.');
        var parent = parts[..^1].Aggregate((JsonNode)section, (node, part) => node[part]!).AsObject();
        if (value is null)
            parent.Remove(parts[^1]);
        else
            parent[parts[^1]] = value;

        Assert.Equal([error], Assert.Throws<ConfigurationException>(() => Load(section.ToJsonString())).Errors);
    }

    private StatusPageSettings Load(string? section)
    {
        foreach (var secret in (string[])["SMTP_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
            Variables[secret] = "p-word";
        Change("dashboard.json", "statusPage", section);
        return Load().StatusPage;
    }
}
