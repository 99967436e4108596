using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Dashboard.Operations.Mails;

/// <summary>Hands mails to a server, one after the other over one connection; after a failure the next one gets a new connection.</summary>
public sealed class SmtpSession(SmtpSettings settings, TimeProvider time) : IAsyncDisposable
{
    /// <summary>For one mail, with the connection.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private SmtpClient? _client;

    /// <param name="handingOver">Done when the server waits for the mail, right before it is given; from there on it is not cancelled, because nobody could tell whether it was taken.</param>
    /// <exception cref="MailException">It was not taken.</exception>
    public async Task SendAsync(MimeMessage message, Func<Task>? handingOver, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var isDone = false;
        var isIn = false;
        try
        {
            var client = await ConnectAsync(either.Token);
            isIn = true;
            if (handingOver is not null)
                await handingOver();
            await client.SendAsync(message, handingOver is null ? either.Token : limit.Token);
            isDone = true;
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MailException(string.Create(CultureInfo.InvariantCulture, $"{settings.Host} did not take the mail within {Patience.TotalSeconds:0} s."), exception) { IsOfServer = true };
        }
        catch (Exception exception) when (exception is AuthenticationException or SslHandshakeException or CommandException or ProtocolException or SocketException or IOException or NotSupportedException)
        {
            throw Told(exception, isIn);
        }
        finally
        {
            if (!isDone)
                Drop();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is { IsConnected: true } client)
        {
            using var limit = new CancellationTokenSource(Patience, time);
            try
            {
                await client.DisconnectAsync(quit: true, limit.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or CommandException or ProtocolException or SocketException or IOException)
            {
                // Every mail was answered before; a farewell that is not heard changes nothing.
            }
        }

        Drop();
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_client is { IsConnected: true } open)
            return open;
        Drop();
        var client = _client = new SmtpClient { CheckCertificateRevocation = false };
        await client.ConnectAsync(settings.Host, settings.Port, Security(), cancellationToken);
        if (settings is { User: { } user, Password: { } password })
        {
            if (!client.IsSecure && !IsThisMachine())
                throw new MailException($"{settings.Host} offers no TLS, so the password is not sent to it; use a server that does, or smtp.secure.") { IsOfServer = true };
            await client.AuthenticateAsync(user, password, cancellationToken);
        }

        return client;
    }

    private void Drop()
    {
        _client?.Dispose();
        _client = null;
    }

    /// <param name="isIn">The connection stood, so that the trouble may be this mail's alone.</param>
    private MailException Told(Exception exception, bool isIn) => exception switch
    {
        AuthenticationException => new($"{settings.Host} does not accept the user and password; check smtp.auth in {settings.Section}.", exception) { IsOfServer = true },
        SslHandshakeException => new($"{settings.Host} has no certificate that this machine trusts, or speaks no TLS on port {settings.Port.ToString(CultureInfo.InvariantCulture)}.", exception) { IsOfServer = true },
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } refused => new(Words(exception), exception) { IsFinal = (int)refused.StatusCode >= 500 },
        _ => new(Words(exception), exception) { IsOfServer = !isIn },
    };

    private string Words(Exception exception) =>
        $"{settings.Host} did not take the mail: {string.Join(' ', exception.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.')}.";

    private SecureSocketOptions Security() => (settings.IsSecure, settings.Port) switch
    {
        (_, SmtpSettings.TlsPort) => SecureSocketOptions.SslOnConnect,
        (true, _) => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.StartTlsWhenAvailable,
    };

    private bool IsThisMachine() => settings.Host == "localhost" || (IPAddress.TryParse(settings.Host, out var address) && IPAddress.IsLoopback(address));
}
