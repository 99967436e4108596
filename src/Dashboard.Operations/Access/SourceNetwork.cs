using System.Net;
using System.Net.Sockets;

namespace Dashboard.Operations.Access;

/// <summary>From where somebody comes, as far as limits count it: an IPv6 network belongs to one customer, who could have a new address for each try.</summary>
public static class SourceNetwork
{
    /// <summary>The same of an address that was written down.</summary>
    public static string Of(string? address) => IPAddress.TryParse(address, out var known) ? Of(known) : address ?? "unknown";

    /// <summary>An IPv4 address as it is, the first half of an IPv6 address.</summary>
    public static string Of(IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is { AddressFamily: AddressFamily.InterNetworkV6 } ? Convert.ToHexStringLower(plain.GetAddressBytes().AsSpan(0, 8)) : plain?.ToString() ?? "unknown";
    }
}
