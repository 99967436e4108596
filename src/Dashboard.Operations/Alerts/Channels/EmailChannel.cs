using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>A mail of text and HTML; what follows on an alert is a reply to its first mail.</summary>
public sealed class EmailChannel(EmailChannel.Settings settings, TimeProvider time) : IAlertChannel
{
    public const string Name = "email";

    /// <summary>The one port at which a server speaks TLS from the first byte.</summary>
    private const int TlsPort = 465;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="IsSecure">Nothing is sent without TLS; else TLS is used where the server offers it.</param>
    public sealed record Settings(string Host, int Port, bool IsSecure, string? User, string? Password, MailboxAddress From, IReadOnlyList<MailboxAddress> Recipients)
    {
        internal static Settings Read(ChannelConfig config)
        {
            var smtp = config.Section("smtp");
            var isSecure = smtp.Flag("secure", otherwise: false);
            var auth = smtp.Has("auth") ? smtp.Section("auth") : null;
            var settings = new Settings(
                smtp.Text("host"), smtp.Number("port", 1, 65_535, isSecure ? TlsPort : 587), isSecure, auth?.Text("user"), auth?.Text("pass"), config.Mailbox("from"), config.Mailboxes("recipients"));
            if (settings.Host.Length > 0 && Uri.CheckHostName(settings.Host) == UriHostNameType.Unknown)
                smtp.Add("host", $"'{settings.Host}' is no host name");
            smtp.RefuseOthers();
            auth?.RefuseOthers();
            return settings;
        }
    }

    public string Kind => Name;

    public string Target => $"E-mail to {string.Join(", ", settings.Recipients.Select(recipient => recipient.Address))}";

    public IReadOnlyList<string> Secrets => settings.Password is { } password ? [password, Convert.ToBase64String(Encoding.UTF8.GetBytes(password))] : [];

    public bool Takes(NoticeKind kind) => kind != NoticeKind.Acknowledged;

    public async Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var message = MessageOf(notice);
            using var client = new SmtpClient { CheckCertificateRevocation = false };
            await client.ConnectAsync(settings.Host, settings.Port, Security(), either.Token);
            if (settings is { User: { } user, Password: { } password })
            {
                if (!client.IsSecure && !IsThisMachine())
                    throw new DeliveryException($"{settings.Host} offers no TLS, so the password is not sent to it; use a server that does, or smtp.secure.");
                await client.AuthenticateAsync(user, password, either.Token);
            }

            await client.SendAsync(message, either.Token);
            await client.DisconnectAsync(quit: true, either.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryException(string.Create(CultureInfo.InvariantCulture, $"{settings.Host} did not take the mail within {Patience.TotalSeconds:0} s."), exception);
        }
        catch (AuthenticationException exception)
        {
            throw new DeliveryException($"{settings.Host} does not accept the user and password; check smtp.auth in config/monitoring.json.", exception);
        }
        catch (SslHandshakeException exception)
        {
            throw new DeliveryException($"{settings.Host} has no certificate that this machine trusts, or speaks no TLS on port {settings.Port.ToString(CultureInfo.InvariantCulture)}.", exception);
        }
        catch (Exception exception) when (exception is CommandException or ProtocolException or SocketException or IOException or NotSupportedException)
        {
            throw new DeliveryException($"{settings.Host} did not take the mail: {NoticeText.OneLine(exception.Message).TrimEnd('.')}.", exception);
        }
    }

    private SecureSocketOptions Security() => (settings.IsSecure, settings.Port) switch
    {
        (_, TlsPort) => SecureSocketOptions.SslOnConnect,
        (true, _) => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.StartTlsWhenAvailable,
    };

    private bool IsThisMachine() => settings.Host == "localhost" || (IPAddress.TryParse(settings.Host, out var address) && IPAddress.IsLoopback(address));

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
