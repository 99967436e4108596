using Dashboard.Operations.Audit;

namespace Dashboard.Operations.Access;

/// <summary>
/// Who looked at what tells more than figures do: once for each person or token, subject and quarter of an hour, and never of somebody who is not signed in.
/// The page is not kept waiting for it. What is not shown without its entry goes through <see cref="AccessGate.SeeAsync"/>.
/// </summary>
public sealed class Sightings(AuditTallies tallies)
{
    public const string ApplicationLog = "read-logs";
    public const string RunLog = "read-run-log";
    public const string Backup = "read-backup";
    public const string Jobs = "read-jobs";

    public static readonly TimeSpan Span = TimeSpan.FromMinutes(15);

    public static IReadOnlyList<string> Actions { get; } = [ApplicationLog, RunLog, Backup, Jobs];

    /// <param name="action">One of <see cref="Actions"/>.</param>
    public void Note(Visit visit, string action, string target, string? environment = null)
    {
        if (visit.Caller is { IsMachine: false } caller)
            tallies.Note(visit.Asker.Fact(action, target) with { Environment = environment, Outcome = AuditOutcome.Done }, caller.Key, Span);
    }
}
