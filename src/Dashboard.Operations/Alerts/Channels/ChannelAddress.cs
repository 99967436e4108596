using System.Net;
using System.Net.Sockets;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>To where notices may be posted: encrypted, or to this machine; never to the addresses at which clouds keep a machine's credentials.</summary>
internal static class ChannelAddress
{
    private static readonly IPAddress AmazonMetadata = IPAddress.Parse("fd00:ec2::254");

    /// <summary>For after the key's name; null when it may be used.</summary>
    public static string? WhyNot(Uri address)
    {
        if (address.UserInfo.Length > 0)
            return "has a user in it; give the receiver's own secret instead";
        if (address.Scheme == Uri.UriSchemeHttp ? !address.IsLoopback : address.Scheme != Uri.UriSchemeHttps)
            return "is not an https address; http is for this machine alone";
        return IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var literal) && IsForbidden(literal) ? "is an address of this machine's network card or cloud, which no receiver has" : null;
    }

    /// <summary>A name that was harmless in the configuration may lead elsewhere when it is looked up.</summary>
    /// <exception cref="HttpRequestException">It leads to where nothing may be sent.</exception>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var end = context.DnsEndPoint;
        var asked = context.InitialRequestMessage.RequestUri;
        var found = await Dns.GetHostAddressesAsync(end.Host, cancellationToken);

        // Through a proxy the name is the proxy's, which the operator of this machine has chosen.
        var isDirect = asked is not null && string.Equals(asked.IdnHost.Trim('[', ']'), end.Host, StringComparison.OrdinalIgnoreCase);
        var allowed = isDirect ? [.. found.Where(address => !IsForbidden(address) && (!IPAddress.IsLoopback(Plain(address)) || asked!.IsLoopback))] : found;
        if (allowed.Length == 0)
            throw new HttpRequestException($"{end.Host} leads to an address to which nothing is sent");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, end.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsForbidden(IPAddress given)
    {
        var address = Plain(given);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? address.GetAddressBytes() is [169, 254, ..] or [0, ..]
            : address.IsIPv6LinkLocal || address.Equals(AmazonMetadata) || address.Equals(IPAddress.IPv6Any);
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
