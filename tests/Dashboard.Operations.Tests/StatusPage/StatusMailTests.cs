using Dashboard.Operations.Maintenance;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Tests.Incidents;
using Dashboard.Testing.Mongo;
using MimeKit;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.StatusPage;

/// <summary>What subscribers are mailed, as a real server gets it.</summary>
public sealed class StatusMailTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_update_is_mailed_once_to_each_and_says_nothing_of_the_others()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.SubscribeAsync("ada@example.org");
        await ground.SubscribeAsync("bob@example.net");

        var id = (await ground.Incidents.OpenAsync()).Id;
        await ground.WorkAsync();
        await ground.Incidents.Book.ResolveAsync(id, "It is over.", "Tess", Token);
        await ground.WorkAsync();
        await ground.WorkAsync();

        var mails = (await ground.MailsAsync(6)).Skip(2).ToList();
        // One update after the other; whose mail of an update goes first is not said.
        Assert.Equal(
            ["ada@example.org, bob@example.net", "ada@example.org, bob@example.net"],
            ground.Recipients.Skip(2).Chunk(2).Select(both => string.Join(", ", both.Order(StringComparer.Ordinal))));
        Assert.Equal(["Characters cannot be saved: investigating", "Characters cannot be saved: resolved"], mails.Where(mail => mail.To.ToString() == "ada@example.org").Select(mail => mail.Subject));
        Assert.Contains("It is over.", mails[2].TextBody, StringComparison.Ordinal);
        Assert.Contains($"https://status.example.org/status/incidents/{id}", mails[2].TextBody, StringComparison.Ordinal);
        Assert.All(ground.Smtp.Mails, mail => Assert.NotEqual(mail.Contains("ada@", StringComparison.Ordinal), mail.Contains("bob@", StringComparison.Ordinal)));
        Assert.Equal(4, mails.Select(mail => mail.MessageId).Distinct(StringComparer.Ordinal).Count());
        Assert.All(await ground.LogAsync(), mail => Assert.Equal((StatusMailState.Sent, 1), (mail.State, mail.Tries)));
    }

    [Fact]
    public async Task Every_mail_can_be_ended_by_one_click_as_RFC_8058_has_it()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.SubscribeAsync("ada@example.org");
        await ground.Incidents.OpenAsync();
        await ground.WorkAsync();

        var mail = (await ground.MailsAsync(2))[1];
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers[HeaderId.ListUnsubscribePost]);
        Assert.Equal($"<https://status.example.org/status/unsubscribe?t={SubscriberGround.LinkOf(mail)}>", mail.Headers[HeaderId.ListUnsubscribe]);

        // On the wire, too, where a long header could be broken in the middle of its address.
        Assert.Matches($"List-Unsubscribe:\\s+<https://status.example.org/status/unsubscribe\\?t={SubscriberGround.LinkOf(mail)}>\r?\n", ground.Smtp.Mails[1]);

        await ground.Book.EndAsync(SubscriberGround.LinkOf(mail), Token);
        await ground.Book.EndAsync(SubscriberGround.LinkOf(mail), Token);
        Assert.Equal(0, await ground.Engine.Database.StatusSubscribers.CountDocumentsAsync(FilterDefinition<StatusSubscriber>.Empty, cancellationToken: Token));
    }

    [Fact]
    public async Task Maintenance_is_mailed_when_it_is_announced_changed_and_cancelled()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.SubscribeAsync("ada@example.org");
        var windows = ground.Engine.Get<MaintenanceWindows>();
        var window = Window(ground, "0001");

        await windows.InsertAsync(window, Token);
        await ground.WorkAsync();
        await ground.WorkAsync();
        await windows.OpenAsync(window with { State = WindowState.Open, OpenedAt = ground.Incidents.Time.GetUtcNow(), OpenedBy = "Tess" }, isNew: false, Token);
        await ground.WorkAsync();
        await windows.BeginChangeAsync(window.Id, "6b04da488268d8871e3b1aee", 1, Token);
        await ground.WorkAsync();
        await windows.CloseAsync(window.Id, "6b04da488268d8871e3b1aee", "Tess", Token);
        await ground.WorkAsync();
        var next = Window(ground, "0002");
        await windows.InsertAsync(next, Token);
        await ground.WorkAsync();
        await windows.CancelAsync(next.Id, "Tess", "6b04da488268d8871e3b1af0", Token);
        await ground.WorkAsync();

        var mails = (await ground.MailsAsync(6)).Skip(1).ToList();
        Assert.Equal(["planned", "under way", "over", "planned", "cancelled"], mails.Select(mail => mail.Subject!["Maintenance of staging: ".Length..]));
        Assert.Contains(FormattableString.Invariant($"From {window.Start.UtcDateTime:yyyy-MM-dd HH:mm} to {window.End.UtcDateTime:yyyy-MM-dd HH:mm} UTC."), mails[0].TextBody, StringComparison.Ordinal);
        Assert.Contains("We move.", mails[0].TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("New hosts for the team", string.Concat(ground.Smtp.Mails), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_dashboards_at_the_same_moment_mail_each_once()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        foreach (var name in new[] { "ada", "bob", "eve", "joe" })
            await ground.SubscribeAsync($"{name}@example.org");
        var dashboards = new[] { ground.Engine, ground.Incidents.Alerts.NewEngine(), ground.Incidents.Alerts.NewEngine() };
        await ground.Incidents.OpenAsync();

        await Task.WhenAll(dashboards.Select(ground.WorkAsync));
        await ground.WorkAsync();

        await ground.MailsAsync(8);
        Assert.Equal(["ada@example.org", "bob@example.org", "eve@example.org", "joe@example.org"], ground.Recipients.Skip(4).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_that_ended_while_spreading_the_news_leaves_the_rest_to_the_next()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.SubscribeAsync("ada@example.org");
        await ground.SubscribeAsync("bob@example.org");
        await ground.Incidents.OpenAsync();
        await ground.WorkAsync();

        // As if it had ended after the first mail was queued.
        var last = (await ground.LogAsync())[^1];
        await ground.Engine.Database.StatusMails.DeleteOneAsync(mail => mail.Id == last.Id, Token);
        await ground.Engine.Database.StatusNews.UpdateManyAsync(FilterDefinition<StatusNews>.Empty, Builders<StatusNews>.Update.Set(news => news.IsSpread, false), cancellationToken: Token);
        ground.Incidents.Time.Advance(TimeSpan.FromSeconds(11));
        await ground.WorkAsync(ground.Incidents.Alerts.NewEngine());

        Assert.Equal(2, (await ground.LogAsync()).Count(mail => mail.Kind == StatusMailKind.News));
        await ground.MailsAsync(5);
    }

    [Theory]
    [InlineData(true, StatusMailState.Unsure, 1)]
    [InlineData(false, StatusMailState.Sent, 2)]
    public async Task One_that_ended_while_the_server_had_it_does_not_send_it_again(bool wasHandedOver, StatusMailState state, int mails)
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.SubscribeAsync("ada@example.org");
        await ground.Incidents.OpenAsync();
        await ground.Engine.Get<StatusNewsDesk>().LookAsync((await ground.Engine.Get<StatusBoard>().ReadAsync(Token))!.Snapshot, Token);
        var news = Builders<StatusMail>.Filter.Eq(mail => mail.Kind, StatusMailKind.News);
        var held = Builders<StatusMail>.Update.Set(mail => mail.Claim, "gone").Set(mail => mail.HandedAt, wasHandedOver ? ground.Incidents.Time.GetUtcNow() : null);

        await ground.Engine.Database.StatusMails.UpdateOneAsync(news, held.Set(mail => mail.ClaimedUntil, TimeProvider.System.GetUtcNow().AddHours(1)), cancellationToken: Token);
        Assert.Equal(0, await ground.Engine.Get<StatusMailSweep>().SendAsync(Token));
        await ground.Engine.Database.StatusMails.UpdateOneAsync(news, held.Set(mail => mail.ClaimedUntil, DateTimeOffset.UnixEpoch), cancellationToken: Token);
        await ground.Engine.Get<StatusMailSweep>().SendAsync(Token);

        Assert.Equal(state, (await ground.LogAsync())[^1].State);
        await ground.MailsAsync(mails);
    }

    [Fact]
    public async Task A_server_that_refuses_for_now_is_tried_again()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo, "later");
        await ground.Book.AskAsync("ada@example.org", source: null, Token);
        await ground.WorkAsync();
        var waiting = Assert.Single(await ground.LogAsync());
        Assert.Equal((StatusMailState.Waiting, 1, "127.0.0.1 did not take the mail: mailbox full."), (waiting.State, waiting.Tries, waiting.Problem));

        await ground.WorkAsync();
        Assert.Equal(1, Assert.Single(await ground.LogAsync()).Tries);
        ground.Incidents.Time.Advance(TimeSpan.FromSeconds(15));
        await ground.WorkAsync();

        Assert.Equal((StatusMailState.Sent, 2), (Assert.Single(await ground.LogAsync()).State, (await ground.LogAsync())[0].Tries));
        Assert.True(await ground.Book.ConfirmAsync(SubscriberGround.LinkOf((await ground.MailsAsync(1))[0]), Token));
    }

    [Fact]
    public async Task A_server_that_never_takes_it_is_given_up_after_so_many_tries()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo, "full");
        await ground.Book.AskAsync("ada@example.org", source: null, Token);
        for (var tries = 0; tries < StatusMailSweep.MostTries + 3; tries++)
        {
            await ground.WorkAsync();
            ground.Incidents.Time.Advance(TimeSpan.FromHours(1));
        }

        var mail = Assert.Single(await ground.LogAsync());
        Assert.Equal((StatusMailState.GivenUp, StatusMailSweep.MostTries), (mail.State, mail.Tries));
    }

    [Fact]
    public async Task A_mailbox_that_is_nobodys_is_given_up_at_once_and_its_address_stays_out_of_the_log()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo, "refuse");
        await ground.Book.AskAsync("ada@example.org", source: null, Token);
        await ground.WorkAsync();

        var mail = Assert.Single(await ground.LogAsync());
        Assert.Equal((StatusMailState.GivenUp, "127.0.0.1 did not take the mail: *** is nobody here."), (mail.State, mail.Problem));
    }

    [Fact]
    public async Task A_server_that_is_away_is_asked_once_for_all_that_wait()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.Book.AskAsync("ada@example.org", source: null, Token);
        await ground.Book.AskAsync("bob@example.org", source: null, Token);
        await ground.Smtp.DisposeAsync();

        await ground.WorkAsync();

        Assert.Equal([1, 0], (await ground.LogAsync()).Select(mail => mail.Tries).OrderDescending());
    }

    [Fact]
    public async Task What_is_past_and_what_somebody_read_before_he_subscribed_is_not_mailed()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.Incidents.OpenAsync();
        await ground.WorkAsync();
        await ground.SubscribeAsync("ada@example.org");
        await ground.WorkAsync();
        await ground.MailsAsync(1);

        await ground.Incidents.OpenAsync();
        ground.Incidents.Time.Advance(TimeSpan.FromDays(2));
        await ground.WorkAsync(ground.Incidents.Alerts.NewEngine());
        await ground.MailsAsync(1);
    }

    [Fact]
    public async Task Whoever_ended_it_meanwhile_gets_nothing()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.SubscribeAsync("ada@example.org");
        await ground.Incidents.OpenAsync();
        await ground.WorkAsync();
        await ground.Incidents.OpenAsync(IncidentGround.Draft("Another one."));
        await ground.Engine.Get<StatusNewsDesk>().LookAsync((await ground.Engine.Get<StatusBoard>().ReadAsync(Token))!.Snapshot, Token);

        await ground.Book.EndAsync(SubscriberGround.LinkOf((await ground.MailsAsync(2))[1]), Token);
        await ground.WorkAsync();

        Assert.Single(await ground.LogAsync(), mail => mail.State == StatusMailState.Dropped);
        await ground.MailsAsync(2);
    }

    [Fact]
    public async Task No_words_of_an_incident_become_a_header()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.SubscribeAsync("ada@example.org");
        await ground.Incidents.OpenAsync(IncidentGround.Draft("Bcc: thief@example.com\r\n.\r\nQUIT\r\n<b>ünïcode</b>") with { Title = "It is slow\r\nBcc: thief@example.com\r\n\r\nHello" });
        await ground.WorkAsync();

        var mail = (await ground.MailsAsync(2))[1];
        Assert.Equal("It is slow Bcc: thief@example.com Hello: investigating", mail.Subject);
        Assert.Empty(mail.Bcc);
        Assert.Equal("ada@example.org", ground.Recipients[1]);
        Assert.Contains("\nQUIT", mail.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("<b>ünïcode</b>", mail.TextBody, StringComparison.Ordinal);
        Assert.Null(mail.HtmlBody);
    }

    /// <summary>A window's id is that of a run, and says when it was planned.</summary>
    private static MaintenanceWindow Window(SubscriberGround ground, string number)
    {
        var now = ground.Incidents.Time.GetUtcNow();
        var id = FormattableString.Invariant($"{now.ToUnixTimeSeconds():x8}88268d8871e3{number}");
        return new MaintenanceWindow
        {
            Id = id,
            Environment = "staging",
            Title = "New hosts for the team",
            Notice = "We move.",
            Start = now.AddHours(1),
            End = now.AddHours(2),
            State = WindowState.Planned,
            Actor = "Tess",
            Reason = "a reason",
            RunIds = [id],
        };
    }
}
