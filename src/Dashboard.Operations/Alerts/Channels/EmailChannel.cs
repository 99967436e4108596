using System.Net;
using System.Text;
using Dashboard.Operations.Mails;
using MimeKit;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>A mail of text and HTML; what follows on an alert is a reply to its first mail.</summary>
public sealed class EmailChannel(EmailChannel.Settings settings, TimeProvider time) : IAlertChannel
{
    public const string Name = "email";

    public sealed record Settings(SmtpSettings Smtp, MailboxAddress From, IReadOnlyList<MailboxAddress> Recipients)
    {
        internal static Settings Read(ChannelConfig config)
        {
            var smtp = config.Section("smtp");
            var isSecure = smtp.Flag("secure", otherwise: false);
            var auth = smtp.Has("auth") ? smtp.Section("auth") : null;
            var server = new SmtpSettings(
                smtp.Text("host"), smtp.Number("port", 1, 65_535, isSecure ? SmtpSettings.TlsPort : SmtpSettings.SubmissionPort), isSecure, auth?.Text("user"), auth?.Text("pass"), "config/monitoring.json");
            var settings = new Settings(server, config.Mailbox("from"), config.Mailboxes("recipients"));
            if (server.Host.Length > 0 && Uri.CheckHostName(server.Host) == UriHostNameType.Unknown)
                smtp.Add("host", $"'{server.Host}' is no host name");
            smtp.RefuseOthers();
            auth?.RefuseOthers();
            return settings;
        }
    }

    public string Kind => Name;

    public string Target => $"E-mail to {string.Join(", ", settings.Recipients.Select(recipient => recipient.Address))}";

    public IReadOnlyList<string> Secrets => settings.Smtp.Password is { } password ? [password, Convert.ToBase64String(Encoding.UTF8.GetBytes(password))] : [];

    public bool Takes(NoticeKind kind) => kind != NoticeKind.Acknowledged;

    public async Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        using var message = MessageOf(notice);
        await using var session = new SmtpSession(settings.Smtp, time);
        try
        {
            await session.SendAsync(message, handingOver: null, cancellationToken);
        }
        catch (MailException exception)
        {
            throw new DeliveryException(exception.Message, exception);
        }
    }

    private MimeMessage MessageOf(AlertNotice notice)
    {
        var message = new MimeMessage { Subject = NoticeText.Subject(notice), Date = notice.At, MessageId = $"{notice.Id}@{settings.From.Domain}" };
        message.From.Add(settings.From);
        message.To.AddRange(settings.Recipients);
        message.Headers.Add("Auto-Submitted", "auto-generated");

        // Mail programs show an alert and its end as one thread.
        var thread = $"{notice.AlertId}@{settings.From.Domain}";
        message.References.Add(thread);
        message.InReplyTo = thread;
        message.Body = new BodyBuilder { TextBody = TextOf(notice), HtmlBody = HtmlOf(notice) }.ToMessageBody();
        return message;
    }

    private static string TextOf(AlertNotice notice) =>
        $"{NoticeText.Message(notice)}\r\n\r\n{string.Join("\r\n", NoticeText.Facts(notice).Select(fact => $"{fact.Name}: {fact.Value}"))}\r\nAlert: {notice.AlertId}\r\n";

    private static string HtmlOf(AlertNotice notice) =>
        $"<h2>{Html(NoticeText.Subject(notice))}</h2><p>{Html(NoticeText.Message(notice))}</p><table>{string.Concat(NoticeText.Facts(notice).Select(fact => $"<tr><th align=\"left\">{Html(fact.Name)}</th><td>{Html(fact.Value)}</td></tr>"))}</table><p>{Html(notice.AlertId)}</p>";

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
