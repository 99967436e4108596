using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using MimeKit;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>Reads one channel's section of the file; every error names the key, and a key that nobody asked for is one too.</summary>
internal sealed class ChannelConfig(ChannelSettings settings, List<string> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The section below a key, with the same errors.</summary>
    public ChannelConfig Section(string key)
    {
        if (Node(key) is JsonObject section)
            return new ChannelConfig(settings with { Config = section, Prefix = settings.Prefix + key + "." }, errors);
        Add(key, "is missing");
        return new ChannelConfig(settings with { Config = [], Prefix = settings.Prefix + key + "." }, []);
    }

    public bool Has(string key) => Node(key) is not null;

    public string Text(string key)
    {
        if (Node(key) is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Trim() is { Length: > 0 } text)
            return text;
        Add(key, Node(key) is null ? "is missing" : "is not a text, or is empty");
        return string.Empty;
    }

    public string? TextOrNull(string key) => Has(key) ? Text(key) : null;

    public bool Flag(string key, bool otherwise)
    {
        if (Node(key) is not { } node)
            return otherwise;
        if (node.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
            return node.GetValue<bool>();
        Add(key, "is neither true nor false");
        return otherwise;
    }

    public int Number(string key, int least, int most, int otherwise)
    {
        if (Node(key) is not { } node)
            return otherwise;
        if (node is JsonValue value && value.TryGetValue<int>(out var number) && number >= least && number <= most)
            return number;
        Add(key, FormattableString.Invariant($"is not a whole number from {least} to {most}"));
        return otherwise;
    }

    /// <summary>Where something is posted to. Not shown in the error: the addresses of Slack are secrets.</summary>
    public Uri Address(string key) => Has(key) ? AddressOf(Text(key), key) : AddressOf(null, key);

    public Uri Address(string key, Uri otherwise) => Has(key) ? Address(key) : otherwise;

    public MailboxAddress Mailbox(string key) => MailboxOf(Text(key), key);

    public IReadOnlyList<MailboxAddress> Mailboxes(string key)
    {
        if (Node(key) is JsonArray { Count: > 0 } list)
            return [.. list.Select((item, index) => MailboxOf(item is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : string.Empty, FormattableString.Invariant($"{key}[{index}]")))];
        Add(key, "is not a list of addresses with at least one in it");
        return [];
    }

    /// <summary>For HTTP headers: a text for each name.</summary>
    public IReadOnlyDictionary<string, string> Texts(string key)
    {
        var texts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (Node(key) is not { } node)
            return texts;
        foreach (var (name, value) in node as JsonObject ?? [])
        {
            if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String)
                texts[name] = text.GetValue<string>();
            else
                Add($"{key}.{name}", "is not a text");
        }

        if (node is not JsonObject)
            Add(key, "is not a list of names and texts");
        return texts;
    }

    public void Add(string key, string problem) => errors.Add($"{settings.At}.config.{settings.Prefix}{key}: {problem}.");

    /// <summary>To be called when everything was asked for.</summary>
    public void RefuseOthers()
    {
        foreach (var other in settings.Config.Select(entry => entry.Key).Where(key => !_known.Contains(key)))
            Add(other, $"is not known; there are {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
    }

    private JsonNode? Node(string key)
    {
        _known.Add(key);
        return settings.Config[key];
    }

    private Uri AddressOf(string? text, string key)
    {
        if (string.IsNullOrEmpty(text))
        {
            if (text is null)
                Add(key, "is missing");
        }
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
        {
            Add(key, "is not an absolute address");
        }
        else if (ChannelAddress.WhyNot(address) is { } problem)
        {
            Add(key, problem);
        }
        else
        {
            return address;
        }

        return new Uri("https://localhost");
    }

    private MailboxAddress MailboxOf(string text, string key)
    {
        if (MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < mailbox.Address.Length - 1)
            return mailbox;
        if (text.Length > 0)
            Add(key, $"'{text}' is no e-mail address");
        return new MailboxAddress(string.Empty, "nobody@localhost");
    }
}
