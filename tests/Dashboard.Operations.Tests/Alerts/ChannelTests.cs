using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Alerts;

/// <summary>What each channel sends, as a real receiver gets it.</summary>
public sealed class ChannelTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slack_gets_blocks_in_which_nothing_is_a_link_or_a_mention()
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address)));

        await LiveAsync(ground, error: "<!channel> & <https://evil.example|click>");

        Assert.Equal(["/services/T0/B0/secret-part", "/services/T0/B0/secret-part"], slack.All.Select(received => received.Path));
        var raised = slack.All[0].Json;
        Assert.Equal("#ops", raised["channel"]!.GetValue<string>());
        Assert.Equal("[CRITICAL] The migration of d1 failed - staging", raised["text"]!.GetValue<string>());
        var attachment = raised["attachments"]![0]!;
        Assert.Equal("#8b0000", attachment["color"]!.GetValue<string>());
        Assert.Equal(["header", "section", "section", "context"], attachment["blocks"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()));
        Assert.Contains("&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;", attachment["blocks"]![1]!["text"]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("[RESOLVED] The migration of d1 failed - staging", slack.All[1].Json["text"]!.GetValue<string>());
        Assert.Equal("#36a64f", slack.All[1].Json["attachments"]![0]!["color"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_webhook_gets_cloud_events_with_a_signature_over_every_byte()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(
            mongo, AlertGround.Monitoring(AlertGround.Webhook(receiver.Address, new JsonObject { ["headers"] = new JsonObject { ["X-Team"] = "ops" } })));

        var alert = await LiveAsync(ground);

        Assert.Equal(["dashboard.alert.raised", "dashboard.alert.acknowledged", "dashboard.alert.resolved"], receiver.All.Select(received => received.Json["type"]!.GetValue<string>()));
        Assert.All(receiver.All, received =>
        {
            Assert.Equal($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("webhook-secret"), received.Body))}", received.Headers["X-Signature-256"]);
            Assert.StartsWith("application/cloudevents+json", received.Headers["Content-Type"], StringComparison.Ordinal);
            Assert.Equal("ops", received.Headers["X-Team"]);
            Assert.Equal(("1.0", "/environments/staging", alert.Id), (received.Json["specversion"]!.GetValue<string>(), received.Json["source"]!.GetValue<string>(), received.Json["subject"]!.GetValue<string>()));
        });
        Assert.Equal(3, receiver.All.Select(received => received.Json["id"]!.GetValue<string>()).Distinct(StringComparer.Ordinal).Count());
        var data = receiver.All[2].Json["data"]!;
        Assert.Equal(("critical", "d1", "Tess", "fixed"), (data["severity"]!.GetValue<string>(), data["deploymentId"]!.GetValue<string>(), data["actor"]!.GetValue<string>(), data["note"]!.GetValue<string>()));
    }

    [Fact]
    public async Task PagerDuty_gets_one_incident_from_its_trigger_to_its_end()
    {
        await using var pagerDuty = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.PagerDuty(pagerDuty.Address)));

        var alert = await LiveAsync(ground);

        Assert.All(pagerDuty.All, received => Assert.Equal(("/v2/enqueue", "integration-key-0123", alert.Id), (received.Path, received.Json["routing_key"]!.GetValue<string>(), received.Json["dedup_key"]!.GetValue<string>())));
        Assert.Equal(["trigger", "acknowledge", "resolve"], pagerDuty.All.Select(received => received.Json["event_action"]!.GetValue<string>()));
        var payload = pagerDuty.All[0].Json["payload"]!;
        Assert.Equal(("critical", "staging", "phase-failed"), (payload["severity"]!.GetValue<string>(), payload["source"]!.GetValue<string>(), payload["class"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Mail_is_text_and_html_to_every_recipient_in_one_thread()
    {
        await using var smtp = await SmtpServer.StartAsync("auth");
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(Mail(smtp.Port, SmtpServer.Password)));

        var alert = await LiveAsync(ground, error: "<b>ünïcode</b>\r\nBcc: thief@example.com");
        await Eventually.TrueAsync(() => smtp.Mails.Count == 2, "both mails are there");

        var mail = smtp.Mails[0];
        Assert.StartsWith("deployments@example.com\nteam@example.com oncall@example.com\n\n", mail, StringComparison.Ordinal);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(mail[(mail.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]));
        using var message = await MimeKit.MimeMessage.LoadAsync(stream, Token);
        Assert.Equal("[CRITICAL] The migration of d1 failed - staging", message.Subject);
        Assert.Contains("<b>ünïcode</b> Bcc: thief@example.com", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;", message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", message.HtmlBody, StringComparison.Ordinal);
        Assert.Empty(message.Bcc);
        Assert.All(smtp.Mails, sent => Assert.Contains($"In-Reply-To: <{alert.Id}@example.com>", sent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("auth", "wrong-password", false, "127.0.0.1 does not accept the user and password; check smtp.auth in config/monitoring.json.")]
    [InlineData("full", null, false, "127.0.0.1 did not take the mail: mailbox full.")]
    [InlineData("tls", null, true, "127.0.0.1 has no certificate that this machine trusts, or speaks no TLS on port ")]
    [InlineData("open", null, true, "127.0.0.1 did not take the mail: The SMTP server does not support the STARTTLS extension.")]
    public async Task A_mail_that_is_not_taken_says_why(string mode, string? password, bool isSecure, string problem)
    {
        await using var smtp = await SmtpServer.StartAsync(mode);
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(Mail(smtp.Port, password, isSecure)));

        await LiveAsync(ground);

        var delivery = (await ground.DeliveriesAsync())[0];
        Assert.Equal(DeliveryState.Waiting, delivery.State);
        Assert.StartsWith(problem, delivery.Problem, StringComparison.Ordinal);
        Assert.Empty(smtp.Mails);
    }

    [Fact]
    public async Task A_test_goes_to_the_one_channel_and_leaves_no_incident()
    {
        await using var pagerDuty = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.PagerDuty(pagerDuty.Address)));
        var pages = ground.Engine.Get<AlertPages>();

        Assert.Null(await pages.TestAsync("staging", "slack", "Tess", Token));
        Assert.NotNull(await pages.TestAsync("staging", "pagerduty", "Tess", Token));
        await ground.SendAsync();

        Assert.Equal([("trigger", "info"), ("resolve", "info")], pagerDuty.All.Select(received => (received.Json["event_action"]!.GetValue<string>(), received.Json["payload"]!["severity"]!.GetValue<string>())));
        Assert.Equal((DeliveryState.Sent, "PagerDuty at " + pagerDuty.Address.Authority), Assert.Single((await pages.ReadAsync(null, 1, 1, Token)).Channels) is { Last: { } last } view ? (last.State, view.Target) : default);
    }

    [Theory]
    [InlineData("https://hooks.example.com/x", true)]
    [InlineData("http://127.0.0.1:9/x", true)]
    [InlineData("http://localhost/x", true)]
    [InlineData("http://[::1]/x", true)]
    [InlineData("https://10.0.0.7/x", true)]
    [InlineData("http://hooks.example.com/x", false)]
    [InlineData("http://10.0.0.7/x", false)]
    [InlineData("ftp://hooks.example.com/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("https://user:pass@hooks.example.com/x", false)]
    [InlineData("https://169.254.169.254/latest/meta-data", false)]
    [InlineData("https://2852039166/latest/meta-data", false)]
    [InlineData("https://0xA9FEA9FE/latest/meta-data", false)]
    [InlineData("https://[::ffff:169.254.169.254]/", false)]
    [InlineData("https://[fe80::1]/", false)]
    [InlineData("https://[fd00:ec2::254]/", false)]
    [InlineData("https://0.0.0.0/", false)]
    public void Posts_only_to_https_or_this_machine_and_never_to_a_clouds_metadata(string address, bool isAllowed)
    {
        Assert.Equal(isAllowed, ChannelAddress.WhyNot(new Uri(address)) is null);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await NoticeReceiver.StartAsync();
        await using var receiver = await NoticeReceiver.StartAsync();
        receiver.AnswerWith((int)HttpStatusCode.TemporaryRedirect, ("Location", elsewhere.Address.AbsoluteUri));
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Webhook(receiver.Address)));

        await LiveAsync(ground);

        Assert.Empty(elsewhere.All);
        Assert.Equal($"{receiver.Address.Authority} answered 307: it redirects, which is not followed; give the address to which it leads.", (await ground.DeliveriesAsync())[0].Problem);
    }

    /// <summary>An alert from its beginning to its end, with an acknowledgement between.</summary>
    private static async Task<Alert> LiveAsync(AlertGround ground, string error = "E11000 duplicate key")
    {
        await ground.EventAsync("d1", EventPhase.Migration, EventStatus.Failed, error: error);
        await ground.SweepAsync();
        await ground.SendAsync();
        var alert = await ground.OnlyAsync();
        ground.Time.Advance(TimeSpan.FromSeconds(1));
        await ground.Book.AcknowledgeAsync(alert.Id, "Tess", Token);
        await ground.SendAsync();
        ground.Time.Advance(TimeSpan.FromSeconds(1));
        await ground.Book.ResolveAsync(alert.Id, "fixed", "Tess", Token);
        await ground.SendAsync();
        return alert;
    }

    private static ChannelSettings Mail(int port, string? password, bool isSecure = false)
    {
        var smtp = new JsonObject { ["host"] = "127.0.0.1", ["port"] = port, ["secure"] = isSecure };
        if (password is not null)
            smtp["auth"] = new JsonObject { ["user"] = SmtpServer.User, ["pass"] = password };
        return AlertGround.Channel("email", new JsonObject { ["recipients"] = new JsonArray("team@example.com", "oncall@example.com"), ["from"] = "deployments@example.com", ["smtp"] = smtp });
    }
}
