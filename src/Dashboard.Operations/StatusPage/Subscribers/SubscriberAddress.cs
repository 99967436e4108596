using MimeKit;

namespace Dashboard.Operations.StatusPage;

/// <summary>One mailbox as somebody typed it into the form: an address alone, without a name, a second one, or anything that a header could be made of.</summary>
/// <param name="Text">As it is mailed to; a domain in other letters is in its form for servers.</param>
/// <param name="Key">In which two are the same.</param>
/// <param name="Person">The same for every tag after a plus, which all lead into one mailbox.</param>
internal sealed record SubscriberAddress(string Text, string Key, string Person)
{
    /// <summary>As RFC 5321 has it.</summary>
    private const int Longest = 254;

    public static SubscriberAddress? TryParse(string? typed)
    {
        var text = typed?.Trim() ?? string.Empty;
        if (text.Length is 0 or > Longest || text.Any(sign => char.IsControl(sign) || char.IsWhiteSpace(sign) || sign is '"' or '(' or ')' or '<' or '>' or ',' or ';' or ':' or '\\' or '[' or ']'))
            return null;
        if (!MailboxAddress.TryParse(text, out var mailbox) || mailbox.Name is { Length: > 0 } || mailbox.Route.Count > 0 || mailbox.Address != text)
            return null;
        var address = mailbox.GetAddress(idnEncode: true);
        var at = address.LastIndexOf('@');
        var (local, domain) = at > 0 ? (address[..at], address[(at + 1)..]) : (string.Empty, string.Empty);

        // A mailbox in other letters needs servers that few have; a domain without a dot is nobody's on the internet.
        if (local.Length is 0 or > 64 || !address.All(char.IsAscii) || !domain.Contains('.', StringComparison.Ordinal) || Uri.CheckHostName(domain) != UriHostNameType.Dns)
            return null;
        var key = address.ToLowerInvariant();
        return new SubscriberAddress(address, key, $"{key[..at].Split('+')[0]}{key[at..]}");
    }

    public override string ToString() => "an address";
}
