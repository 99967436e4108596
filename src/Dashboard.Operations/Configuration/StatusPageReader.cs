using System.Text.Json.Nodes;
using Dashboard.Operations.Mails;
using MimeKit;

namespace Dashboard.Operations.Configuration;

/// <summary>Reads what the status page does beside being looked at; the schema has seen to the shape.</summary>
internal sealed class StatusPageReader(string root, BackupSettingsReader backups, List<string> errors)
{
    private const string At = "config/dashboard.json: statusPage";

    public StatusPageSettings Read(JsonObject? section)
    {
        var mail = IsOn(section?["mail"]) ? section!["mail"]!.AsObject() : null;
        var export = IsOn(section?["export"]) ? section!["export"]!.AsObject() : null;
        return new StatusPageSettings(mail is null ? null : ReadMail(mail, section!), export is null ? null : ReadExport(export));
    }

    private StatusMailSettings ReadMail(JsonObject mail, JsonObject section)
    {
        var smtp = mail["smtp"]!.AsObject();
        var isSecure = smtp["secure"]?.GetValue<bool>() ?? false;
        var host = smtp["host"]!.GetValue<string>();
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            errors.Add($"{At}.mail.smtp.host: '{host}' is no host name.");
        var server = new SmtpSettings(
            host,
            smtp["port"]?.GetValue<int>() ?? (isSecure ? SmtpSettings.TlsPort : SmtpSettings.SubmissionPort),
            isSecure,
            smtp["auth"]?["user"]?.GetValue<string>(),
            smtp["auth"]?["pass"]?.GetValue<string>(),
            "config/dashboard.json");
        return new StatusMailSettings(ReadPublic(section), ReadFrom(mail["from"]!.GetValue<string>()), server);
    }

    /// <summary>The links of mails open something, so they are encrypted on their way, but for a dashboard that is only tried out.</summary>
    private string ReadPublic(JsonObject section)
    {
        var text = section["address"]?.GetValue<string>();
        if (text is null)
            errors.Add($"{At}.address: is missing; mails need it for their links. Say where the world reaches this dashboard.");
        else if (StatusAddress.OrNull(text) is not { } address)
            errors.Add($"{At}.address: '{text}' is not an absolute address without user, query and fragment.");
        else if (new Uri(address) is { Scheme: "http", IsLoopback: false })
            errors.Add($"{At}.address: '{text}' is not https; http is for this machine alone.");
        else
            return address;
        return "https://localhost";
    }

    private MailboxAddress ReadFrom(string text)
    {
        if (MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < mailbox.Address.Length - 1)
            return mailbox;
        errors.Add($"{At}.mail.from: '{text}' is no e-mail address.");
        return new MailboxAddress(string.Empty, "nobody@localhost");
    }

    private StatusExportSettings ReadExport(JsonObject export)
    {
        var text = export["address"]!.GetValue<string>();
        if (StatusAddress.OrNull(text) is not { } address)
        {
            errors.Add($"{At}.export.address: '{text}' is not an absolute address without user, query and fragment.");
            address = "https://localhost";
        }

        var directory = export["directory"]?.GetValue<string>();
        var bucket = export["s3"] as JsonObject;
        if (directory is null == bucket is null)
            errors.Add($"{At}.export: say either directory or s3.");
        return new StatusExportSettings(address, directory is null ? null : Path.GetFullPath(directory, root), bucket is null ? null : backups.ReadBucket(bucket, $"{At}.export"));
    }

    private static bool IsOn(JsonNode? section) => section is JsonObject && (section["enabled"]?.GetValue<bool>() ?? true);
}
