using Dashboard.Operations.StatusPage;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.StatusPage;

/// <summary>What the screen says of mails, each of which a real server took or did not.</summary>
public sealed class StatusMailLogTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_what_was_sent_to_whom_masked_and_forgets_who_has_gone()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        await ground.SubscribeAsync("ada@example.org");
        await ground.Book.AskAsync("ada@example.org", source: null, Token);
        await ground.Engine.Get<StatusMailSweep>().SendAsync(Token);

        var page = await ReadAsync(ground);
        Assert.Equal([(StatusMailKind.Reminder, "a***@example.org", StatusMailState.Sent, 1), (StatusMailKind.Question, "a***@example.org", StatusMailState.Sent, 1)], page.Mails.Select(mail => (mail.Kind, mail.To, mail.State, mail.Tries)));
        Assert.Equal((2, 0), (page.Counts[StatusMailState.Sent], page.Counts[StatusMailState.GivenUp]));

        await ground.Book.EndAsync(SubscriberGround.LinkOf((await ground.MailsAsync(2))[1]), Token);
        Assert.All((await ReadAsync(ground)).Mails, mail => Assert.Null(mail.To));
    }

    [Fact]
    public async Task Shows_the_tries_of_what_waits_and_why_it_was_given_up_without_the_address()
    {
        await using var busy = await SubscriberGround.MakeAsync(mongo, "full");
        await busy.Book.AskAsync("ada@example.org", source: null, Token);
        await busy.WorkAsync();
        var waiting = Assert.Single((await ReadAsync(busy, StatusMailState.Waiting)).Mails);
        Assert.Equal((1, true, null), (waiting.Tries, waiting.NextTryAt > busy.Incidents.Time.GetUtcNow(), waiting.EndedAt));
        Assert.NotNull(waiting.Problem);

        await using var strict = await SubscriberGround.MakeAsync(mongo, "refuse");
        await strict.Book.AskAsync("ada@example.org", source: null, Token);
        await strict.WorkAsync();
        var ended = Assert.Single((await ReadAsync(strict, StatusMailState.GivenUp)).Mails);
        Assert.Equal("127.0.0.1 did not take the mail: *** is nobody here.", ended.Problem);
        Assert.Empty((await ReadAsync(strict, StatusMailState.Sent)).Mails);
    }

    [Fact]
    public async Task Shows_each_mail_on_one_page()
    {
        await using var ground = await SubscriberGround.MakeAsync(mongo);
        var now = ground.Incidents.Time.GetUtcNow();
        await ground.Engine.Database.StatusMails.InsertManyAsync(
            Enumerable.Range(0, 60).Select(number => new StatusMail { Id = $"ask-{number:00}", Kind = StatusMailKind.Question, SubscriberId = "none", At = now.AddSeconds(number / 10), ExpiresAt = now.AddDays(1) }), cancellationToken: Token);

        var log = ground.Engine.Get<StatusMailLog>();
        StatusMailPage[] pages = [await log.ReadAsync(null, 1, Token), await log.ReadAsync(null, 2, Token), await log.ReadAsync(null, 3, Token)];

        Assert.Equal([true, true, false], pages.Select(page => page.HasOlder));
        Assert.Equal(Enumerable.Range(0, 60).Reverse().Select(number => $"ask-{number:00}"), pages.SelectMany(page => page.Mails).Select(mail => mail.Id));
    }

    [Theory]
    [InlineData("ada@example.org", "a***@example.org")]
    [InlineData("a@b.example", "a***@b.example")]
    [InlineData("\"odd@name\"@example.org", "\"***@example.org")]
    [InlineData("no address", "***")]
    public void Masks_all_but_the_first_letter_and_the_domain(string address, string masked)
    {
        Assert.Equal(masked, StatusMailLog.Masked(address));
    }

    private static Task<StatusMailPage> ReadAsync(SubscriberGround ground, StatusMailState? state = null) => ground.Engine.Get<StatusMailLog>().ReadAsync(state, 1, Token);
}
