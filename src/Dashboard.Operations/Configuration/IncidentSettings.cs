namespace Dashboard.Operations.Configuration;

/// <summary>The <c>incidents</c> section of <c>config/dashboard.json</c>: who does what while one lasts, and whom to call when it lasts longer.</summary>
public sealed record IncidentSettings
{
    /// <summary>What a person can be given to do.</summary>
    public IReadOnlyList<string> Roles { get; init; } = ["Incident commander", "Operations", "Communication"];

    /// <summary>In the order in which they are called.</summary>
    public IReadOnlyList<EscalationContact> Contacts { get; init; } = [];
}

/// <param name="Reach">As people reach them: a telephone number, a name in Slack, an e-mail address.</param>
/// <param name="After">The age of an open incident from which they are called; null is at once.</param>
public sealed record EscalationContact(string Name, string Role, string Reach, TimeSpan? After = null)
{
    /// <summary>A telephone number has no business in a log.</summary>
    public override string ToString() => $"{Name} ({Role})";
}
