using System.Text;
using System.Text.RegularExpressions;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Mails;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Tests.Incidents;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.StatusPage;

/// <summary>A status page that mails, with a real server that takes the mails and a clock that a test moves.</summary>
internal sealed partial class SubscriberGround : IAsyncDisposable
{
    private SubscriberGround(SmtpServer smtp, IncidentGround incidents) => (Smtp, Incidents) = (smtp, incidents);

    public SmtpServer Smtp { get; }

    public IncidentGround Incidents { get; }

    public TestEngine Engine => Incidents.Alerts.Engine;

    public SubscriberBook Book => Engine.Get<SubscriberBook>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<SubscriberGround> MakeAsync(MongoFixture mongo, string mode = "open")
    {
        var smtp = await SmtpServer.StartAsync(mode);
        var mail = new StatusMailSettings("https://status.example.org", MailboxAddress.Parse("D&D Tracker <status@example.org>"), new SmtpSettings("127.0.0.1", smtp.Port, IsSecure: false, User: null, Password: null, "config/dashboard.json"));
        return new SubscriberGround(smtp, await IncidentGround.MakeAsync(mongo, services => services.AddSingleton(new StatusPageSettings(mail)), TimeProvider.System.GetUtcNow()));
    }

    /// <summary>One look and one sending of one dashboard.</summary>
    public async Task WorkAsync(TestEngine? engine = null)
    {
        var own = engine ?? Engine;
        await own.Get<StatusNewsDesk>().LookAsync(Assert.IsType<StatusView>(await own.Get<StatusBoard>().ReadAsync(Token)).Snapshot, Token);
        await own.Get<StatusMailSweep>().SendAsync(Token);
    }

    /// <summary>Asks, reads the mail and says yes.</summary>
    public async Task SubscribeAsync(string address)
    {
        var before = Smtp.Mails.Count;
        Assert.Equal(AskAnswer.Asked, await Book.AskAsync(address, source: null, Token));
        await Engine.Get<StatusMailSweep>().SendAsync(Token);
        Assert.True(await Book.ConfirmAsync(LinkOf((await MailsAsync(before + 1))[before]), Token));
        Incidents.Time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Everything that the server took, when it is so many.</summary>
    public async Task<IReadOnlyList<MimeMessage>> MailsAsync(int count)
    {
        await Eventually.TrueAsync(() => Smtp.Mails.Count >= count, $"{count} mails are there");
        var messages = new List<MimeMessage>();
        foreach (var mail in Smtp.Mails)
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(mail[(mail.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]));
            messages.Add(await MimeMessage.LoadAsync(stream, Token));
        }

        Assert.Equal(count, messages.Count);
        return messages;
    }

    /// <summary>To whom the server was told that each goes, which no header needs to say.</summary>
    public IReadOnlyList<string> Recipients => [.. Smtp.Mails.Select(mail => mail.Split('\n')[1])];

    public static string LinkOf(MimeMessage message) => Secret().Match(message.TextBody!).Groups["secret"].Value;

    public async Task<IReadOnlyList<StatusMail>> LogAsync() => await Engine.Database.StatusMails.Find(FilterDefinition<StatusMail>.Empty).SortBy(mail => mail.At).ToListAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await Incidents.DisposeAsync();
        await Smtp.DisposeAsync();
    }

    [GeneratedRegex(@"\?t=(?<secret>[A-Za-z0-9_-]{43})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Secret();
}
