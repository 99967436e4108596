using System.Net;
using Dashboard.Operations.StatusPage;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.StatusPage;

public sealed class SubscriberBookTests(MongoFixture mongo) : IAsyncLifetime
{
    private static readonly IPAddress Source = IPAddress.Parse("192.0.2.7");
    private SubscriberGround _ground = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _ground = await SubscriberGround.MakeAsync(mongo);

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task Whoever_asks_is_mailed_nothing_but_the_question_until_he_says_yes_and_a_link_works_once()
    {
        await _ground.Book.AskAsync("ada@example.org", Source, Token);
        await _ground.Incidents.OpenAsync();
        await _ground.WorkAsync();
        var question = Assert.Single(await _ground.MailsAsync(1));

        Assert.Equal(("ada@example.org", "status@example.org", "Confirm: news of the D&D Tracker status page"), (question.To.ToString(), question.From.Mailboxes.Single().Address, question.Subject));
        Assert.Contains("https://status.example.org/status/confirm?t=", question.TextBody, StringComparison.Ordinal);
        Assert.Equal(0, await _ground.Book.CountAsync(Token));

        var link = SubscriberGround.LinkOf(question);
        Assert.True(await _ground.Book.ConfirmAsync(link, Token));
        Assert.False(await _ground.Book.ConfirmAsync(link, Token));
        Assert.Equal(1, await _ground.Book.CountAsync(Token));
        await _ground.WorkAsync();
        Assert.Single(await _ground.MailsAsync(1));
    }

    [Fact]
    public async Task A_link_expires_and_the_next_one_works()
    {
        await _ground.Book.AskAsync("ada@example.org", Source, Token);
        await _ground.WorkAsync();
        _ground.Incidents.Time.Advance(SubscriberBook.LinkLife);
        Assert.False(await _ground.Book.ConfirmAsync(SubscriberGround.LinkOf((await _ground.MailsAsync(1))[0]), Token));

        await _ground.Book.AskAsync("ada@example.org", Source, Token);
        await _ground.WorkAsync();
        Assert.True(await _ground.Book.ConfirmAsync(SubscriberGround.LinkOf((await _ground.MailsAsync(2))[1]), Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_link_does_nothing(string? token)
    {
        await _ground.SubscribeAsync("ada@example.org");

        Assert.False(await _ground.Book.ConfirmAsync(token, Token));
        await _ground.Book.EndAsync(token, Token);

        Assert.Equal(1, await _ground.Book.CountAsync(Token));
    }

    [Fact]
    public async Task No_secret_of_a_mail_is_in_the_store_and_the_log_of_mails_has_no_address()
    {
        await _ground.SubscribeAsync("ada@example.org");
        await _ground.Incidents.OpenAsync();
        await _ground.WorkAsync();
        var secrets = (await _ground.MailsAsync(2)).Select(SubscriberGround.LinkOf).ToList();

        var stored = new List<string>();
        using var names = await _ground.Engine.Database.Database.ListCollectionNamesAsync(cancellationToken: Token);
        foreach (var name in await names.ToListAsync(Token))
            stored.AddRange((await _ground.Engine.Database.Database.GetCollection<BsonDocument>(name).Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(Token)).Select(document => $"{name}: {document.ToJson()}"));

        Assert.All(stored, text => Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)));
        Assert.StartsWith("statusSubscribers: ", Assert.Single(stored, text => text.Contains("ada@example.org", StringComparison.OrdinalIgnoreCase)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_address_has_the_same_answer_and_its_owner_a_reminder()
    {
        await _ground.SubscribeAsync("ada@example.org");

        Assert.Equal(AskAnswer.Asked, await _ground.Book.AskAsync("ADA@example.org", Source, Token));
        await _ground.WorkAsync();

        var mails = await _ground.MailsAsync(2);
        Assert.Equal("You are subscribed to the D&D Tracker status page", mails[1].Subject);
        await _ground.Book.EndAsync(SubscriberGround.LinkOf(mails[1]), Token);
        Assert.Equal(0, await _ground.Book.CountAsync(Token));
    }

    [Fact]
    public async Task One_mailbox_is_asked_three_times_a_day_whatever_is_behind_its_plus_and_nobody_is_told()
    {
        foreach (var tag in new[] { "", "+a", "+b", "+c", "+d" })
            Assert.Equal(AskAnswer.Asked, await _ground.Book.AskAsync($"ada{tag}@example.org", Source, Token));
        await _ground.WorkAsync();
        await _ground.MailsAsync(3);

        _ground.Incidents.Time.Advance(TimeSpan.FromDays(1));
        await _ground.Book.AskAsync("ada@example.org", Source, Token);
        await _ground.WorkAsync();
        await _ground.MailsAsync(4);
    }

    [Fact]
    public async Task One_source_asks_twenty_times_an_hour_and_an_ipv6_network_is_one()
    {
        for (var number = 0; number < 20; number++)
            Assert.Equal(AskAnswer.Asked, await _ground.Book.AskAsync($"ada{number}@example.org", IPAddress.Parse($"2001:db8:0:1::{number:x}"), Token));

        Assert.Equal(AskAnswer.TooMany, await _ground.Book.AskAsync("bob@example.org", IPAddress.Parse("2001:db8:0:1:ffff::1"), Token));
        Assert.Equal(AskAnswer.Asked, await _ground.Book.AskAsync("bob@example.org", IPAddress.Parse("2001:db8:0:2::1"), Token));
        _ground.Incidents.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(AskAnswer.Asked, await _ground.Book.AskAsync("eve@example.org", IPAddress.Parse("2001:db8:0:1::1"), Token));
    }

    [Fact]
    public async Task Twenty_at_the_same_moment_from_two_dashboards_are_one_subscriber_and_three_mails()
    {
        var other = _ground.Incidents.Alerts.NewEngine().Get<SubscriberBook>();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => (number % 2 == 0 ? _ground.Book : other).AskAsync("ada@example.org", Source, Token)));

        Assert.Equal(1, await _ground.Engine.Database.StatusSubscribers.CountDocumentsAsync(FilterDefinition<StatusSubscriber>.Empty, cancellationToken: Token));
        Assert.Equal(3, (await _ground.LogAsync()).Count);
    }
}
