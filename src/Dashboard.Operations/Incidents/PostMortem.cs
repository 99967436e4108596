using System.Globalization;
using System.Text;

namespace Dashboard.Operations.Incidents;

/// <summary>The draft of a post-mortem as Markdown: what was measured and what happened are filled in, what people have to think about is asked.</summary>
public static class PostMortem
{
    public static string Draft(Incident incident, IReadOnlyList<TimelineEntry> timeline)
    {
        ArgumentNullException.ThrowIfNull(incident);
        ArgumentNullException.ThrowIfNull(timeline);
        var text = new StringBuilder();
        text.Append("# Post-mortem: ").Append(MarkdownText.Line(incident.Title)).Append("\n\n");
        AppendFacts(text, incident);
        AppendMeasured(text, incident);
        text.Append("## Impact\n\n_Who noticed what, and for how long?_\n\n");
        text.Append("## Timeline\n\nAll times in UTC.\n\n");
        foreach (var entry in timeline)
            text.Append("- ").Append(Clock(entry.At)).Append(" · ").Append(entry.Kind).Append(entry.Environment is null ? string.Empty : $" · {MarkdownText.Line(entry.Environment)}").Append(" · ").Append(MarkdownText.Line(entry.Text)).Append('\n');
        text.Append("\n## Root cause\n\n").Append(incident.RootCause is null ? "_Not written down yet: due 24 hours after the end._" : MarkdownText.Line(incident.RootCause)).Append("\n\n");
        text.Append("## What went well\n\n- \n\n## What went badly\n\n- \n\n## What will be done so that it does not come back\n\n");
        AppendFollowUps(text, incident);
        return text.ToString();
    }

    private static void AppendFacts(StringBuilder text, Incident incident)
    {
        text.Append("| | |\n|---|---|\n");
        Row(text, "Severity", incident.Severity.ToString());
        Row(text, "Kind", incident.Kind.ToString());
        Row(text, "Touched", string.Join(", ", incident.Components.Select(component => $"{MarkdownText.Line(component.Environment)} {component.Part.ToString().ToLowerInvariant()}")));
        Row(text, "Began", Clock(incident.BeganAt));
        Row(text, "Detected", Clock(incident.DetectedAt));
        Row(text, "Opened", $"{Clock(incident.OpenedAt)} by {MarkdownText.Line(incident.OpenedBy)}");
        if (incident.AcknowledgedAt is { } acknowledged)
            Row(text, "Acknowledged", $"{Clock(acknowledged)} by {MarkdownText.Line(incident.AcknowledgedBy)}");
        Row(text, "Resolved", incident.ResolvedAt is { } resolved ? $"{Clock(resolved)} by {MarkdownText.Line(incident.ResolvedBy)}" : "not yet");
        foreach (var role in incident.Roles)
            Row(text, MarkdownText.Line(role.Task), MarkdownText.Line(role.Person));
        text.Append('\n');
    }

    private static void AppendMeasured(StringBuilder text, Incident incident)
    {
        var times = IncidentTimes.Of(incident);
        text.Append("## Measured\n\n| | time | allowed |\n|---|---|---|\n");
        text.Append("| Time to detect | ").Append(Span(times.Detect)).Append(" | |\n");
        text.Append("| Time to respond | ").Append(Span(times.Respond)).Append(" | |\n");
        text.Append("| Time to restore | ").Append(Span(times.Restore)).Append(" | |\n");
        foreach (var clock in IncidentClocks.Of(incident))
            text.Append("| ").Append(clock.Title).Append(" | ").Append(Span(clock.DoneAt - clock.From)).Append(" | ").Append(Span(clock.Allowed)).Append(" |\n");
        text.Append('\n');
    }

    private static void AppendFollowUps(StringBuilder text, Incident incident)
    {
        if (incident.FollowUps.Count == 0)
            text.Append("_No follow-up is written down yet._\n\n");
        foreach (var one in incident.FollowUps)
        {
            text.Append(one.DoneAt is null ? "- [ ] " : "- [x] ").Append(MarkdownText.Line(one.Text));
            if (one.IssueUrl is { } url)
                text.Append(CultureInfo.InvariantCulture, $" ([issue {one.IssueNumber}](<{url}>))");
            text.Append('\n');
        }

        text.Append(incident.RunbookAt is null ? "- [ ] The runbook is brought up to date (due 48 hours after the end).\n" : "- [x] The runbook is up to date.\n");
    }

    /// <param name="safe">Markdown already.</param>
    private static void Row(StringBuilder text, string name, string safe) => text.Append("| ").Append(name).Append(" | ").Append(safe).Append(" |\n");

    private static string Clock(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}");

    private static string Span(TimeSpan? span) => span switch
    {
        null => "–",
        { TotalMinutes: < 1 } brief => string.Create(CultureInfo.InvariantCulture, $"{brief.TotalSeconds:0} s"),
        { TotalHours: < 2 } minutes => string.Create(CultureInfo.InvariantCulture, $"{minutes.TotalMinutes:0.#} min"),
        { } hours => string.Create(CultureInfo.InvariantCulture, $"{hours.TotalHours:0.#} h"),
    };
}
