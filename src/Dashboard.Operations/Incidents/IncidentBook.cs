using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;

namespace Dashboard.Operations.Incidents;

/// <summary>What people do about incidents. Everything may be asked twice: what is so already stays as it is, and of one alert there is one incident.</summary>
public sealed class IncidentBook(
    IncidentStore store, IncidentTimeline timeline, AlertBook alerts, EnvironmentRegistry environments, FollowUpIssues issues, IncidentSettings settings, TimeProvider time)
{
    /// <summary>Letters in a title.</summary>
    public const int LongestTitle = 120;

    /// <summary>Letters in an update, a note or a root cause.</summary>
    public const int LongestText = 2_000;

    /// <summary>Letters in a follow-up, which is the title of an issue.</summary>
    public const int LongestFollowUp = 200;

    /// <summary>Updates, notes and follow-ups each, so that an incident stays one document of a bounded size.</summary>
    private const int Most = 200;

    /// <summary>After every change that was made here; whoever keeps a copy reads again.</summary>
    public event Action? Changed;

    public async Task<IncidentAnswer> OpenAsync(IncidentDraft draft, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var (title, update, now) = (PlainText.Line(draft.Title), PlainText.Clean(draft.Update), time.GetUtcNow());
        if ((WhyNotTitle(title) ?? WhyNotText(update) ?? WhyNotComponents(draft.Components)) is { } why)
            return IncidentAnswer.Refused(why);
        if (!IncidentId.IsOne(draft.Id))
            return IncidentAnswer.Refused("The form is damaged; load the page again.");
        if (draft.BeganAt > now)
            return IncidentAnswer.Refused("The trouble cannot begin later than now; say when it began.");
        var opened = new Incident
        {
            Id = draft.Id,
            Title = title,
            Severity = draft.Severity,
            Kind = draft.Kind,
            Components = draft.Components,
            BeganAt = draft.BeganAt ?? now,
            DetectedAt = now,
            OpenedAt = now,
            OpenedBy = actor,
            Updates = update.Length == 0 ? [] : [new IncidentUpdate(IncidentId.New(), UpdateStatus.Investigating, update, now, actor)],
            ChangedAt = now,
        };
        return await InsertAsync(opened, cancellationToken);
    }

    /// <summary>The one incident of the alert, be it new or open already.</summary>
    public async Task<IncidentAnswer> OpenFromAlertAsync(string alertId, string actor, CancellationToken cancellationToken)
    {
        if (await alerts.FindAsync(alertId, cancellationToken) is not { IsAnnouncement: false } alert)
            return IncidentAnswer.Refused($"There is no alert '{PlainText.Line(alertId)}'; open the incident by hand.");
        return environments.Find(alert.Environment) is { } environment
            ? await InsertAsync(IncidentProposal.Of(alert, environment, actor, time.GetUtcNow()), cancellationToken)
            : IncidentAnswer.Refused($"The alert is of {alert.Environment}, which is not configured any more; there are {environments.Names}.");
    }

    /// <summary>Whatever a person does about it.</summary>
    public Task<IncidentAnswer> DoAsync(string id, IncidentAct act, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        return act.DoAsync(this, id, actor, cancellationToken);
    }

    /// <summary>Somebody is on it.</summary>
    public Task<IncidentAnswer> AcknowledgeAsync(string id, string actor, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (incident, now) => incident.AcknowledgedAt is null ? IncidentAnswer.Of(incident with { AcknowledgedAt = now, AcknowledgedBy = actor }) : IncidentAnswer.Of(incident),
        cancellationToken);

    /// <summary>The runbook's decision; it may be changed, but its time is that of the first.</summary>
    public Task<IncidentAnswer> DecideAsync(string id, EscalationDecision decision, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (incident, now) => IncidentAnswer.Of(incident.Decision == decision ? incident : incident with { Decision = decision, DecidedAt = incident.DecidedAt ?? now }),
        cancellationToken);

    /// <summary>Tells the world something. The word resolved is said by <see cref="ResolveAsync"/>.</summary>
    /// <param name="updateId">Made once for a form: pressed twice it is one update.</param>
    /// <param name="components">How they stand from now on; null is as before.</param>
    public Task<IncidentAnswer> UpdateAsync(
        string id, string updateId, UpdateStatus status, string? body, IReadOnlyList<IncidentComponent>? components, string actor, CancellationToken cancellationToken)
    {
        var text = PlainText.Clean(body);
        var why = status == UpdateStatus.Resolved ? "To say that it is resolved, resolve it." : null;
        why ??= text.Length == 0 ? "Write what the world should read." : WhyNotText(text) ?? (components is null ? null : WhyNotComponents(components));
        if (why is not null)
            return Task.FromResult(IncidentAnswer.Refused(why));
        return ChangeAsync(
            id,
            (incident, now) =>
            {
                if (incident.Updates.Any(update => update.Id == updateId))
                    return IncidentAnswer.Of(incident);
                if (!incident.IsOpen)
                    return IncidentAnswer.Refused($"It was resolved by {incident.ResolvedBy}; add a note, or open another incident.");
                if (incident.Updates.Count >= Most)
                    return IncidentAnswer.Refused($"It has {Most} updates already; resolve it, or open another incident.");
                return IncidentAnswer.Of(incident with
                {
                    Updates = [.. incident.Updates, new IncidentUpdate(updateId, status, text, now, actor)],
                    Components = components ?? incident.Components,
                });
            },
            cancellationToken);
    }

    /// <summary>For the team; also after its end.</summary>
    public Task<IncidentAnswer> NoteAsync(string id, string noteId, string? text, string actor, CancellationToken cancellationToken)
    {
        var clean = PlainText.Clean(text);
        if ((clean.Length == 0 ? "Write something first." : WhyNotText(clean)) is { } why)
            return Task.FromResult(IncidentAnswer.Refused(why));
        return ChangeAsync(
            id,
            (incident, now) => incident.Notes.Any(note => note.Id == noteId) ? IncidentAnswer.Of(incident)
                : incident.Notes.Count >= Most ? IncidentAnswer.Refused($"It has {Most} notes already; write the rest into the post-mortem.")
                : IncidentAnswer.Of(incident with { Notes = [.. incident.Notes, new IncidentNote(noteId, clean, now, actor)] }),
            cancellationToken);
    }

    /// <summary>An empty name takes the role back.</summary>
    public Task<IncidentAnswer> AssignAsync(string id, string task, string? person, CancellationToken cancellationToken)
    {
        var name = PlainText.Line(person);
        if (name.Length > LongestTitle)
            return Task.FromResult(IncidentAnswer.Refused($"The name has {name.Length} letters; {LongestTitle} fit."));
        return ChangeAsync(
            id,
            (incident, _) =>
            {
                var offered = incident.RolesOf(settings.Roles);
                if (!offered.Contains(task, StringComparer.Ordinal))
                    return IncidentAnswer.Refused($"There is no role '{PlainText.Line(task)}'; there are {string.Join(", ", settings.Roles)}.");
                var given = incident.Roles.Where(role => role.Task != task).Concat(name.Length == 0 ? [] : [new IncidentRole(task, name)]).ToLookup(role => role.Task, StringComparer.Ordinal);
                return IncidentAnswer.Of(incident with { Roles = [.. offered.SelectMany(one => given[one])] });
            },
            cancellationToken);
    }

    /// <summary>For the team; also after its end.</summary>
    public Task<IncidentAnswer> AddFollowUpAsync(string id, string followUpId, string? text, string actor, CancellationToken cancellationToken)
    {
        var line = PlainText.Line(text);
        if (line.Length is 0 or > LongestFollowUp)
            return Task.FromResult(IncidentAnswer.Refused(line.Length == 0 ? "Write what is to be done." : $"The follow-up has {line.Length} letters; {LongestFollowUp} fit."));
        return ChangeAsync(
            id,
            (incident, now) => incident.FollowUps.Any(one => one.Id == followUpId) ? IncidentAnswer.Of(incident)
                : incident.FollowUps.Count >= Most ? IncidentAnswer.Refused($"It has {Most} follow-ups already; put several into one.")
                : IncidentAnswer.Of(incident with { FollowUps = [.. incident.FollowUps, new FollowUp { Id = followUpId, Text = line, At = now, By = actor }] }),
            cancellationToken);
    }

    public Task<IncidentAnswer> TickFollowUpAsync(string id, string followUpId, bool isDone, string actor, CancellationToken cancellationToken) => ChangeFollowUpAsync(
        id,
        followUpId,
        (one, now) => (isDone == one.DoneAt is not null ? one : one with { DoneAt = isDone ? now : null, DoneBy = isDone ? actor : null }, null),
        cancellationToken);

    /// <summary>A GitHub issue of it; one, however often it is asked.</summary>
    public Task<IncidentAnswer> FileFollowUpAsync(string id, string followUpId, string actor, CancellationToken cancellationToken) => issues.FileAsync(this, id, followUpId, actor, cancellationToken);

    /// <param name="change">The follow-up as it is from now on, or why it stays as it is.</param>
    internal Task<IncidentAnswer> ChangeFollowUpAsync(string id, string followUpId, Func<FollowUp, DateTimeOffset, (FollowUp Changed, string? Problem)> change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (incident, now) =>
        {
            if (incident.FollowUps.FirstOrDefault(one => one.Id == followUpId) is not { } read)
                return IncidentAnswer.Refused("There is no such follow-up; load the page again.");
            var (changed, problem) = change(read, now);
            return problem is not null ? IncidentAnswer.Refused(problem)
                : ReferenceEquals(changed, read) ? IncidentAnswer.Of(incident)
                : IncidentAnswer.Of(incident with { FollowUps = [.. incident.FollowUps.Select(one => ReferenceEquals(one, read) ? changed : one)] });
        },
        cancellationToken);

    /// <summary>Ends it: every component is operational, the world is told where it knew of it, and the timeline is kept.</summary>
    /// <param name="body">Public; needed where the world knows of the incident.</param>
    public async Task<IncidentAnswer> ResolveAsync(string id, string? body, string actor, CancellationToken cancellationToken)
    {
        var text = PlainText.Clean(body);
        if (WhyNotText(text) is { } why)
            return IncidentAnswer.Refused(why);
        if (await store.FindAsync(id, cancellationToken) is not { } open)
            return Unknown(id);
        var kept = open.Kept ?? await timeline.GatherAsync(open, cancellationToken);
        return await ChangeAsync(
            id,
            (incident, now) =>
            {
                if (!incident.IsOpen)
                    return IncidentAnswer.Of(incident);
                if (incident.IsPublic && text.Length == 0)
                    return IncidentAnswer.Refused("The world knows of it: write a last update.");
                return IncidentAnswer.Of(incident with
                {
                    ResolvedAt = now,
                    ResolvedBy = actor,
                    Kept = kept,
                    Updates = text.Length == 0 ? incident.Updates : [.. incident.Updates, new IncidentUpdate(IncidentId.New(), UpdateStatus.Resolved, text, now, actor)],
                    Components = [.. incident.Components.Select(component => component with { State = ComponentState.Operational })],
                });
            },
            cancellationToken);
    }

    /// <summary>For the post-mortem; its clock stops with the first.</summary>
    public Task<IncidentAnswer> FindCauseAsync(string id, string? text, CancellationToken cancellationToken)
    {
        var cause = PlainText.Clean(text);
        if ((cause.Length == 0 ? "Write the cause first." : WhyNotText(cause)) is { } why)
            return Task.FromResult(IncidentAnswer.Refused(why));
        return ChangeAsync(
            id,
            (incident, now) => IncidentAnswer.Of(incident.RootCause == cause ? incident : incident with { RootCause = cause, RootCauseAt = incident.RootCauseAt ?? now }),
            cancellationToken);
    }

    public Task<IncidentAnswer> RunbookDoneAsync(string id, CancellationToken cancellationToken) => ChangeAsync(
        id, (incident, now) => IncidentAnswer.Of(incident.RunbookAt is null ? incident with { RunbookAt = now } : incident), cancellationToken);

    private async Task<IncidentAnswer> InsertAsync(Incident incident, CancellationToken cancellationToken)
    {
        var stored = await store.InsertAsync(incident, cancellationToken);
        Changed?.Invoke();
        return IncidentAnswer.Of(stored);
    }

    private async Task<IncidentAnswer> ChangeAsync(string id, Func<Incident, DateTimeOffset, IncidentAnswer> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await store.FindAsync(id, cancellationToken) is not { } read)
                return Unknown(id);
            var now = time.GetUtcNow();
            var answer = change(read, now);
            if (answer.Incident is not { } wanted || ReferenceEquals(wanted, read))
                return answer;
            var changed = wanted with { ChangedAt = now };
            if (!await store.ReplaceAsync(read, changed, cancellationToken))
                continue;
            Changed?.Invoke();
            return IncidentAnswer.Of(changed with { Version = read.Version + 1 });
        }
    }

    private static IncidentAnswer Unknown(string id) => IncidentAnswer.Refused($"There is no incident '{PlainText.Line(id)}'; see the list of incidents.");

    private static string? WhyNotTitle(string title) => title.Length switch
    {
        0 => "Write a title that the world may read.",
        > LongestTitle => $"The title has {title.Length} letters; {LongestTitle} fit.",
        _ => null,
    };

    private static string? WhyNotText(string text) => text.Length > LongestText ? $"The text has {text.Length} letters; {LongestText} fit." : null;

    private string? WhyNotComponents(IReadOnlyList<IncidentComponent> components)
    {
        if (components.Count == 0)
            return "Choose what it touches: at least one component.";
        if (components.FirstOrDefault(component => environments.Find(component.Environment) is null) is { } unknown)
            return $"There is no environment '{PlainText.Line(unknown.Environment)}'; there are {environments.Names}.";
        return components.DistinctBy(component => (component.Environment, component.Part)).Count() < components.Count ? "A component is chosen twice; say once how it stands." : null;
    }
}
