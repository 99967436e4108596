using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>What every channel says in its own form.</summary>
internal static class NoticeText
{
    /// <summary><c>[CRITICAL] The migration of d1 failed - production</c>, as the original's subjects; what it is about stays the same to its end.</summary>
    public static string Subject(AlertNotice notice) => $"[{Mark(notice)}] {OneLine(notice.Title)} - {notice.Environment}";

    public static string Mark(AlertNotice notice) => notice.Kind switch
    {
        NoticeKind.Resolved => "RESOLVED",
        NoticeKind.Acknowledged => "ACKNOWLEDGED",
        NoticeKind.Announced => "NOTICE",
        NoticeKind.Test => "TEST",
        NoticeKind.Escalated => $"ESCALATED {notice.Severity.ToString().ToUpperInvariant()}",
        _ => notice.Severity.ToString().ToUpperInvariant(),
    };

    /// <summary>What happened, and for what follows on it who did what.</summary>
    public static string Message(AlertNotice notice) => notice.Kind switch
    {
        NoticeKind.Resolved => $"Resolved by {notice.Actor}.{RuleText.Quote(notice.Note)} It was: {notice.Message}",
        NoticeKind.Acknowledged => $"Acknowledged by {notice.Actor}. It is: {notice.Message}",
        NoticeKind.Escalated => $"Nobody has acknowledged it ({notice.Note}). {notice.Message}",
        NoticeKind.Worsened => $"It has become worse. {notice.Message}",
        _ => notice.Message,
    };

    public static IReadOnlyList<(string Name, string Value)> Facts(AlertNotice notice) =>
    [
        ("Environment", notice.Environment),
        ("Severity", notice.Severity.ToString().ToUpperInvariant()),
        ("Deployment ID", notice.DeploymentId ?? "N/A"),
        ("Since", RuleText.Moment(notice.RaisedAt)),
        ("Rule", notice.Rule),
    ];

    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static string Cut(string text, int most) => text.Length <= most ? text : Beginning.Of(text, most - 1) + "…";
}
