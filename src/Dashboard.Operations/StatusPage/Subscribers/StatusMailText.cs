using Dashboard.Operations.Access;
using Dashboard.Operations.Configuration;
using MimeKit;

namespace Dashboard.Operations.StatusPage;

/// <summary>The mails, in plain text and to one recipient each. Every header is made of our own words or of text on one line.</summary>
internal static class StatusMailText
{
    public static MimeMessage Question(StatusMailSettings settings, StatusMail mail, StatusSubscriber subscriber, string secret)
    {
        var text = $"""
            Somebody, probably you, asked that news of the D&D Tracker status page be mailed to this address.

            If you want that, open this link within a day and press the button there:
            {settings.Address}/status/confirm?t={secret}

            If you do not, do nothing: nothing else is mailed to you, and your address is forgotten.
            """;
        return MessageOf(settings, mail, subscriber, "Confirm: news of the D&D Tracker status page", text);
    }

    public static MimeMessage Reminder(StatusMailSettings settings, StatusMail mail, StatusSubscriber subscriber, string secret)
    {
        var text = $"""
            Somebody, probably you, asked that news of the D&D Tracker status page be mailed to this address. That is so already; there is nothing to do.

            {Ending(settings, secret)}
            """;
        return WithEnd(MessageOf(settings, mail, subscriber, "You are subscribed to the D&D Tracker status page", text), settings, secret);
    }

    public static MimeMessage News(StatusMailSettings settings, StatusMail mail, StatusSubscriber subscriber, StatusNews news, string secret)
    {
        var text = $"""
            {news.Text}

            {settings.Address}{news.Path}

            --
            You get this because you subscribed to the D&D Tracker status page.
            {Ending(settings, secret)}
            """;
        var message = WithEnd(MessageOf(settings, mail, subscriber, news.Subject, text), settings, secret);
        message.Date = news.At;
        var thread = $"{news.Thread}@{settings.From.Domain}";
        message.References.Add(thread);
        message.InReplyTo = thread;
        return message;
    }

    private static MimeMessage MessageOf(StatusMailSettings settings, StatusMail mail, StatusSubscriber subscriber, string subject, string text)
    {
        var message = new MimeMessage
        {
            Subject = subject,
            Date = mail.At,
            // The same at every try, so that a mailbox can leave out what it has.
            MessageId = $"{Secret.HashOf(mail.Id)[..32]}@{settings.From.Domain}",
            Body = new TextPart("plain") { Text = text },
        };
        message.From.Add(settings.From);
        message.To.Add(new MailboxAddress(string.Empty, subscriber.Address));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    /// <summary>RFC 8058: a button of the mail program itself, which sends a POST and shows no page.</summary>
    private static MimeMessage WithEnd(MimeMessage message, StatusMailSettings settings, string secret)
    {
        message.Headers.Add(HeaderId.ListId, $"D&D Tracker status <status.{settings.From.Domain}>");
        message.Headers.Add(HeaderId.ListUnsubscribe, $"<{EndOf(settings, secret)}>");
        message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        return message;
    }

    private static string Ending(StatusMailSettings settings, string secret) => $"No more of this: {EndOf(settings, secret)}";

    private static string EndOf(StatusMailSettings settings, string secret) => $"{settings.Address}/status/unsubscribe?t={secret}";
}
