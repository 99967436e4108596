using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Alerts;

/// <summary>Receivers that hang, refuse and answer with errors, and processes that end in the middle.</summary>
public sealed class DeliveryTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receiver_that_hangs_delays_no_other_and_loses_nothing()
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var pagerDuty = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address), AlertGround.PagerDuty(pagerDuty.Address)));
        slack.Hang();
        await FailAsync(ground);

        var hanging = SendAsync(ground, "slack");
        await Eventually.TrueAsync(() => slack.All.Count == 1, "Slack was asked");
        await SendAsync(ground, "pagerduty");
        Assert.Single(pagerDuty.All);
        Assert.False(hanging.IsCompleted);
        ground.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, await hanging);

        var waiting = (await ground.DeliveriesAsync()).Single(delivery => delivery.Channel == "slack");
        Assert.Equal((DeliveryState.Waiting, 1, $"{slack.Address.Authority} did not answer within 10 s."), (waiting.State, waiting.Tries, waiting.Problem));
        slack.AnswerWith(200);
        ground.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, await SendAsync(ground, "slack"));
    }

    [Fact]
    public async Task A_mail_server_that_never_greets_is_left_after_half_a_minute()
    {
        await using var smtp = await SmtpServer.StartAsync("hang");
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Channel("email", new JsonObject
        {
            ["recipients"] = new JsonArray("team@example.com"),
            ["from"] = "deployments@example.com",
            ["smtp"] = new JsonObject { ["host"] = "127.0.0.1", ["port"] = smtp.Port },
        })));
        await FailAsync(ground);
        using var hook = FailpointHook.Install();

        var hanging = SendAsync(ground, "email");
        await Eventually.TrueAsync(() => hook.CountOf(Failpoints.NoticeSends) == 1, "the mail is being sent");
        await Eventually.TrueAsync(
            () =>
            {
                ground.Time.Advance(TimeSpan.FromSeconds(30));
                return hanging.IsCompleted;
            },
            "the mail server is left");

        Assert.Equal("127.0.0.1 did not take the mail within 30 s.", (await ground.DeliveriesAsync())[0].Problem);
    }

    [Theory]
    [InlineData(500, "it has trouble of its own")]
    [InlineData(404, "check the address and the key in config/monitoring.json")]
    [InlineData(400, "it does not take what it was sent")]
    public async Task An_error_is_tried_again_with_longer_and_longer_pauses_and_says_no_secret(int code, string words)
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address)));
        slack.AnswerWith(code);
        await FailAsync(ground);

        foreach (var pause in new[] { 5, 10, 20, 40 })
        {
            await SendAsync(ground, "slack");
            var delivery = (await ground.DeliveriesAsync())[0];
            Assert.Equal($"{slack.Address.Authority} answered {code}: {words}.", delivery.Problem);
            Assert.Equal(TimeSpan.FromSeconds(pause), delivery.NextTryAt - ground.Time.GetUtcNow());
            ground.Time.Advance(TimeSpan.FromSeconds(pause));
        }

        slack.AnswerWith(200);
        Assert.Equal(1, await SendAsync(ground, "slack"));
        var sent = (await ground.DeliveriesAsync())[0];
        Assert.Equal((DeliveryState.Sent, 5, null), (sent.State, sent.Tries, sent.Problem));
        Assert.Equal(5, slack.All.Count);
    }

    [Fact]
    public async Task A_receiver_to_which_no_connection_comes_about_is_tried_again()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(new Uri("http://127.0.0.1:9/"))), configure: services => services.AddHttpClient(ChannelPost.Client)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromMilliseconds(100), ConnectCallback = NeverAsync }));
        await FailAsync(ground);

        Assert.Equal(0, await SendAsync(ground, "slack"));

        var delivery = (await ground.DeliveriesAsync())[0];
        Assert.Equal((DeliveryState.Waiting, 1, "127.0.0.1:9 was not reached: connecting to it took too long."), (delivery.State, delivery.Tries, delivery.Problem));

        static async ValueTask<Stream> NeverAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return Stream.Null;
        }
    }

    [Fact]
    public async Task A_channel_that_breaks_off_by_itself_is_tried_again()
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address)));
        await FailAsync(ground);
        using var hook = FailpointHook.Install().ThrowAt(Failpoints.NoticeSends, () => new TaskCanceledException("its own limit"));

        Assert.Equal(0, await SendAsync(ground, "slack"));
        ground.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, await SendAsync(ground, "slack"));
    }

    [Fact]
    public async Task A_receiver_that_asks_for_a_pause_gets_it()
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address)));
        slack.AnswerWith(429, ("Retry-After", "77"));
        await FailAsync(ground);

        await SendAsync(ground, "slack");

        Assert.Equal(TimeSpan.FromSeconds(77), (await ground.DeliveriesAsync())[0].NextTryAt - ground.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_receiver_that_refuses_for_a_day_is_given_up_and_a_webhook_after_its_retries()
    {
        var nowhere = HealthServer.Nowhere();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(nowhere), AlertGround.Webhook(nowhere, new JsonObject { ["retries"] = 2 })));
        await FailAsync(ground);
        await SendAsync(ground, "slack");
        await SendAsync(ground, "webhook");
        ground.Time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync(ground, "webhook");
        Assert.Equal([DeliveryState.Waiting, DeliveryState.GivenUp], (await ground.DeliveriesAsync()).OrderBy(delivery => delivery.Channel, StringComparer.Ordinal).Select(delivery => delivery.State));

        ground.Time.Advance(TimeSpan.FromDays(1));
        await SendAsync(ground, "slack");

        Assert.All(await ground.DeliveriesAsync(), delivery =>
        {
            Assert.Equal(DeliveryState.GivenUp, delivery.State);
            Assert.StartsWith($"{nowhere.Authority} was not reached: ", delivery.Problem, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", delivery.Problem, StringComparison.Ordinal);
        });
        Assert.True((await ground.OnlyAsync()).IsOpen);
    }

    [Fact]
    public async Task An_end_is_not_told_before_its_beginning()
    {
        await using var pagerDuty = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.PagerDuty(pagerDuty.Address)));
        pagerDuty.AnswerWith(500);
        await FailAsync(ground);
        await SendAsync(ground, "pagerduty");
        ground.Time.Advance(TimeSpan.FromSeconds(1));
        await ground.Book.ResolveAsync((await ground.OnlyAsync()).Id, "done", "Tess", Token);
        pagerDuty.AnswerWith(202);

        await ground.SendAsync();
        Assert.Single(pagerDuty.All);
        ground.Time.Advance(TimeSpan.FromSeconds(5));
        await ground.SendAsync();

        Assert.Equal(["trigger", "trigger", "resolve"], pagerDuty.All.Select(received => received.Json["event_action"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Two_dashboards_send_nothing_twice()
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address)));
        for (var number = 0; number < 15; number++)
            await ground.EventAsync($"d{number}", EventPhase.Deployment, EventStatus.Success, milliseconds: 400_000);
        await ground.SweepAsync();
        var engines = new[] { ground.Engine, ground.NewEngine(), ground.NewEngine() };

        await Task.WhenAll(engines.Select(engine => Task.Run(() => engine.Get<AlertOutbox>().RelayAsync(Token), Token)));
        await Task.WhenAll(engines.Select(engine => Task.Run(() => engine.Get<DeliverySweep>().SendAsync(engine.Get<ChannelCatalog>().All[0], Token), Token)));

        Assert.Equal(15, slack.All.Count);
        Assert.Equal(15, slack.All.Select(received => received.Text).Distinct(StringComparer.Ordinal).Count());
        Assert.All(await ground.DeliveriesAsync(), delivery => Assert.Equal((DeliveryState.Sent, 1), (delivery.State, delivery.Tries)));
    }

    [Theory]
    [InlineData(Failpoints.AlertStores)]
    [InlineData(Failpoints.AlertStored)]
    public async Task An_alert_of_a_killed_dashboard_is_told_once_by_another(string point)
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address)));
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await using var worker = await WorkerProcess.StartAsync(ground.Ground.Settings with { ClockStandsAt = ground.Time.GetUtcNow() }, $"{point}=kill@1", "look-for-alerts");
        Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");

        await ground.SweepAsync();
        await ground.SendAsync();
        await ground.SendAsync();

        Assert.Single(await ground.OpenAsync());
        Assert.Single(slack.All);
    }

    [Fact]
    public async Task A_process_that_ends_right_after_the_alert_or_before_it_notes_the_sending_loses_nothing()
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(
            mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address)), configure: services => services.AddSingleton(new AlertTimes { Claim = TimeSpan.FromSeconds(1) }));
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        using (var looking = new CancellationTokenSource())
        using (var sending = new CancellationTokenSource())
        using (var hook = FailpointHook.Install().On(Failpoints.AlertStored, 1, 1, _ => EndAsync(looking)).On(Failpoints.NoticeSent, 1, 1, _ => EndAsync(sending)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ground.Engine.Get<AlertSweep>().SweepAsync(looking.Token));
            await ground.Engine.Get<AlertOutbox>().RelayAsync(Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ground.Engine.Get<DeliverySweep>().SendAsync(ground.Engine.Get<ChannelCatalog>().All[0], sending.Token));
        }

        // Another dashboard takes it over when the claim of the one that is gone has run out.
        var other = ground.NewEngine();
        await other.Get<AlertSweep>().SweepAsync(Token);
        await other.Get<AlertOutbox>().RelayAsync(Token);
        await Eventually.TrueAsync(async () => await other.Get<DeliverySweep>().SendAsync(other.Get<ChannelCatalog>().All[0], Token) == 1, "the other dashboard sends it");

        Assert.Single(await ground.OpenAsync());
        Assert.Equal(DeliveryState.Sent, Assert.Single(await ground.DeliveriesAsync()).State);
        Assert.Equal(slack.All[0].Text, Assert.Single(slack.All.Skip(1)).Text);
    }

    [Fact]
    public async Task What_waits_for_a_channel_that_is_gone_is_given_up()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(new Uri("http://127.0.0.1:9/"))));
        await FailAsync(ground);
        using var changed = new TestEngine(ground.Ground.Settings, time: ground.Time, configure: services => services.AddSingleton(new MonitoringSettings()));

        await changed.Get<AlertOutbox>().GiveUpStrayAsync(Token);

        Assert.Equal((DeliveryState.GivenUp, "The channel is no longer switched on in config/monitoring.json."), (await ground.DeliveriesAsync())[0] is { } delivery ? (delivery.State, delivery.Problem) : default);
    }

    [Fact]
    public async Task An_announcement_is_told_once_and_is_no_alert()
    {
        await using var slack = await NoticeReceiver.StartAsync();
        await using var pagerDuty = await NoticeReceiver.StartAsync();
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(slack.Address), AlertGround.PagerDuty(pagerDuty.Address)));
        var announcements = ground.Engine.Get<Announcements>();

        for (var time = 0; time < 2; time++)
        {
            await announcements.TellAsync("staging", "rollback", "run-1", AlertSeverity.Info, "Staging was rolled back", "Staging is back at 1.0.0, which answers.", "run-1", Token);
            await ground.SendAsync();
        }

        Assert.Equal("[NOTICE] Staging was rolled back - staging", Assert.Single(slack.All).Json["text"]!.GetValue<string>());
        Assert.Empty(pagerDuty.All);
        Assert.Equal(0, await ground.Book.CountAsync(new AlertQuery(), Token));
        Assert.Single((await ground.Engine.Get<AlertPages>().ReadAsync(null, 1, 1, Token)).Past);
    }

    private static async Task FailAsync(AlertGround ground)
    {
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await ground.SweepAsync();
        await ground.Engine.Get<AlertOutbox>().RelayAsync(Token);
    }

    private static async Task EndAsync(CancellationTokenSource process)
    {
        await process.CancelAsync();
        throw new OperationCanceledException("killed");
    }

    private static Task<int> SendAsync(AlertGround ground, string channel) =>
        ground.Engine.Get<DeliverySweep>().SendAsync(ground.Engine.Get<ChannelCatalog>().Find("staging", channel)!, Token);
}
