namespace Dashboard.Operations.Incidents;

/// <summary>One thing that a person does about an incident.</summary>
public abstract record IncidentAct
{
    private IncidentAct()
    {
    }

    internal abstract Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken);

    public sealed record Acknowledge : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.AcknowledgeAsync(id, actor, cancellationToken);
    }

    public sealed record Decide(EscalationDecision Decision) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.DecideAsync(id, Decision, cancellationToken);
    }

    /// <param name="UpdateId">Made once for a form.</param>
    /// <param name="Components">Null: as before.</param>
    public sealed record Update(string UpdateId, UpdateStatus Status, string? Body, IReadOnlyList<IncidentComponent>? Components) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) =>
            book.UpdateAsync(id, UpdateId, Status, Body, Components, actor, cancellationToken);
    }

    /// <param name="NoteId">Made once for a form.</param>
    public sealed record Note(string NoteId, string? Text) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.NoteAsync(id, NoteId, Text, actor, cancellationToken);
    }

    public sealed record Assign(string Task, string? Person) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.AssignAsync(id, Task, Person, cancellationToken);
    }

    /// <param name="FollowUpId">Made once for a form.</param>
    public sealed record AddFollowUp(string FollowUpId, string? Text) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.AddFollowUpAsync(id, FollowUpId, Text, actor, cancellationToken);
    }

    public sealed record TickFollowUp(string FollowUpId, bool IsDone) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.TickFollowUpAsync(id, FollowUpId, IsDone, actor, cancellationToken);
    }

    /// <summary>Asks GitHub, so it may take a while.</summary>
    public sealed record FileFollowUp(string FollowUpId) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.FileFollowUpAsync(id, FollowUpId, actor, cancellationToken);
    }

    public sealed record Resolve(string? Body) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.ResolveAsync(id, Body, actor, cancellationToken);
    }

    public sealed record FindCause(string? Text) : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.FindCauseAsync(id, Text, cancellationToken);
    }

    public sealed record RunbookDone : IncidentAct
    {
        internal override Task<IncidentAnswer> DoAsync(IncidentBook book, string id, string actor, CancellationToken cancellationToken) => book.RunbookDoneAsync(id, cancellationToken);
    }
}
