using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Tests.Configuration;

/// <summary>A channel or an escalation that cannot work stops the start, with its key and without its secrets.</summary>
public sealed class ChannelSettingsTests : ConfigCopy
{
    private const string At = "config/monitoring.json: environments.staging.channels[0].config.";

    [Theory]
    [InlineData("slack", """{ "webhook": "https://hooks.slack.com/services/x", "channel": "#ops", "username": "Bot" }""")]
    [InlineData("slack", """{ "webhookUrl": "https://hooks.slack.com/services/x" }""")]
    [InlineData("email", """{ "recipients": ["a@example.com"], "from": "Ops <b@example.com>", "smtp": { "host": "mail.example.com", "port": 587, "secure": true, "auth": { "user": "u", "pass": "p" } } }""")]
    [InlineData("webhook", """{ "url": "https://example.com/hook", "secret": "s", "headers": { "X-Team": "ops" }, "timeout": 5000, "retries": 3 }""")]
    [InlineData("pagerduty", """{ "integrationKey": "key", "urgency": "high", "escalationPolicy": "p" }""")]
    public void Takes_a_channel_that_is_whole(string type, string config)
    {
        Assert.Equal(type, Assert.Single(Load(type, config).Monitoring.Of("staging").Channels).Type);
    }

    [Theory]
    [InlineData("slack", "{}", "webhook: is missing.")]
    [InlineData("slack", """{ "webhook": "" }""", "webhook: is not a text, or is empty.")]
    [InlineData("slack", """{ "webhook": "secret-words" }""", "webhook: is not an absolute address.")]
    [InlineData("slack", """{ "webhook": "http://hooks.slack.com/secret" }""", "webhook: is not an https address; http is for this machine alone.")]
    [InlineData("slack", """{ "webhook": "https://a.example/x", "webhookUrl": "https://a.example/x" }""", "webhookUrl: is the same as webhook; say one of them.")]
    [InlineData("slack", """{ "webhook": "https://a.example/x", "chanel": "#ops" }""", "chanel: is not known; there are channel, username, webhook, webhookUrl.")]
    [InlineData("email", """{ "recipients": ["team"], "from": "b@example.com", "smtp": { "host": "h", "port": 25 } }""", "recipients[0]: 'team' is no e-mail address.")]
    [InlineData("email", """{ "recipients": [], "from": "b@example.com", "smtp": { "host": "h" } }""", "recipients: is not a list of addresses with at least one in it.")]
    [InlineData("email", """{ "recipients": ["a@example.com"], "from": "b@example.com" }""", "smtp: is missing.")]
    [InlineData("email", """{ "recipients": ["a@example.com"], "from": "b@example.com", "smtp": { "host": "two words" } }""", "smtp.host: 'two words' is no host name.")]
    [InlineData("email", """{ "recipients": ["a@example.com"], "from": "b@example.com", "smtp": { "host": "h", "port": 70000 } }""", "smtp.port: is not a whole number from 1 to 65535.")]
    [InlineData("email", """{ "recipients": ["a@example.com"], "from": "b@example.com", "smtp": { "host": "h", "auth": { "user": "u" } } }""", "smtp.auth.pass: is missing.")]
    [InlineData("webhook", """{ "url": "https://example.com", "headers": { "Host": "x" } }""", "headers.Host: is written by the dashboard itself.")]
    [InlineData("webhook", """{ "url": "https://example.com", "headers": { "X-A": "a\nb" } }""", "headers.X-A: cannot be a header.")]
    [InlineData("webhook", """{ "url": "https://169.254.169.254/" }""", "url: is an address of this machine's network card or cloud, which no receiver has.")]
    [InlineData("webhook", """{ "url": "https://u:secret@example.com/" }""", "url: has a user in it; give the receiver's own secret instead.")]
    [InlineData("pagerduty", """{ "urgency": "high" }""", "integrationKey: is missing.")]
    [InlineData("pagerduty", """{ "integrationKey": "key", "urgency": "huge" }""", "urgency: 'huge' is neither high nor low.")]
    public void Refuses_a_channel_that_cannot_work(string type, string config, string problem)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Load(type, config)).Errors);

        Assert.Equal(At + problem, error);
        Assert.DoesNotContain("secret-words", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("severity=awful", "[\"pagerduty\"]", "condition: 'severity=awful' is wrong at character 10: 'awful' is no severity; there are info, warning, error, critical.")]
    [InlineData("severity=error", "[\"pager\"]", "channels: 'pager' is no kind of channel; there are slack, email, webhook, pagerduty.")]
    public void Refuses_an_escalation_that_cannot_be_read(string condition, string channels, string problem)
    {
        var errors = Assert.Throws<ConfigurationException>(() => Load(file => file["alerts"]!["escalation"]!["rules"] = new JsonArray(new JsonObject
        {
            ["condition"] = condition,
            ["escalateAfterMinutes"] = 5,
            ["channels"] = JsonNode.Parse(channels),
        }))).Errors;

        Assert.Equal("config/monitoring.json: alerts.escalation.rules[0]." + problem, Assert.Single(errors));
    }

    [Fact]
    public void Reads_the_switches_of_the_environments_own_file()
    {
        var settings = Load(_ => { });

        var production = settings.Environments.Single(environment => environment.Name == "production").Settings;
        Assert.True(production.Monitoring.WatchesAlerts);
        Assert.Equal(["slack", "email", "pagerduty"], production.Monitoring.NotificationChannels);
        Assert.False(production.Monitoring.Tells("webhook"));
        Assert.Equal(TimeSpan.FromSeconds(2), production.QueryCritical);
    }

    private Settings Load(string type, string config) => Load(file => file["environments"]!["staging"]!["channels"] = new JsonArray(new JsonObject
    {
        ["type"] = type,
        ["enabled"] = true,
        ["config"] = JsonNode.Parse(config),
    }));

    private Settings Load(Action<JsonNode> change)
    {
        Change("monitoring.json", change);
        return Load();
    }
}
