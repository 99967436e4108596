using Dashboard.Operations.Audit;

namespace Dashboard.Operations.Access;

/// <summary>The one way to everything that changes something and is no run: asks whether he may, writes down that it was asked for, and what came of it.</summary>
public sealed class AccessGate(AuditTrail trail, AuditTallies tallies)
{
    private static readonly TimeSpan CountSpan = TimeSpan.FromHours(1);

    /// <param name="work">Is given the name under which it is done.</param>
    /// <exception cref="AccessRefusedException">He may not; nothing was done.</exception>
    /// <exception cref="AuditException">The trail cannot be written; its message says whether anything was done.</exception>
    public async Task<T> PassAsync<T>(Visit visit, Act act, Func<string, Task<T>> work, CancellationToken cancellationToken)
    {
        await CheckAsync(visit, act, cancellationToken);
        var fact = FactOf(visit, act);
        await trail.AppendAsync(fact, cancellationToken);
        T result;
        try
        {
            result = await work(visit.Actor);
        }
        catch (Exception)
        {
            await TellFailureAsync(fact);
            throw;
        }

        await trail.AppendAsync(fact with { Outcome = AuditOutcome.Done }, cancellationToken);
        return result;
    }

    /// <summary>For what is only looked at, and has to be known all the same: once in a quarter of an hour.</summary>
    /// <exception cref="AccessRefusedException">He may not.</exception>
    /// <exception cref="AuditException">The trail cannot be written, so it is not shown.</exception>
    public async Task SeeAsync(Visit visit, Act act, CancellationToken cancellationToken)
    {
        await CheckAsync(visit, act, cancellationToken);
        await tallies.TellAsync(FactOf(visit, act) with { Outcome = AuditOutcome.Done }, KeyOf(visit), Sightings.Span, cancellationToken);
    }

    /// <summary>
    /// For what a pipeline may do a thousand times and is a record itself: the first of each hour has an entry, and one more after the hour says how many
    /// there were. It is told afterwards, and nobody waits for it.
    /// </summary>
    public void Count(Visit visit, Act act) => tallies.Note(FactOf(visit, act) with { Outcome = AuditOutcome.Done }, KeyOf(visit), CountSpan, isCounted: true);

    /// <summary>Writes nothing but that it was refused; what comes of it is told otherwise.</summary>
    /// <exception cref="AccessRefusedException">He may not.</exception>
    /// <exception cref="AuditException">The refusal cannot be written.</exception>
    public async Task CheckAsync(Visit visit, Act act, CancellationToken cancellationToken)
    {
        if (AccessRules.May(visit.Caller, act.Action, act.Environment))
            return;
        await trail.AppendAsync(FactOf(visit, act) with { Outcome = AuditOutcome.Refused }, cancellationToken);
        throw new AccessRefusedException(AccessRules.Refusal(visit.Caller, act.Action, act.Environment));
    }

    private static string KeyOf(Visit visit) => visit.Caller?.Key ?? visit.Actor;

    private static AuditFact FactOf(Visit visit, Act act) =>
        visit.Asker.Fact(act.Action, act.Target) with { Environment = act.Environment, Reason = act.Reason, After = act.After };

    /// <summary>What went wrong is told as it is; that it cannot be written either changes nothing about it.</summary>
    private async Task TellFailureAsync(AuditFact fact)
    {
        try
        {
            await trail.AppendAsync(fact with { Outcome = AuditOutcome.Failed }, CancellationToken.None);
        }
        catch (AuditException)
        {
            // The database is away, which is most likely why the work failed.
        }
    }
}

/// <summary>Something that can be done beside the operations.</summary>
/// <param name="Action">One of <see cref="AccessRules.Actions"/>.</param>
/// <param name="Target">What it is done to.</param>
/// <param name="After">What was given, as far as it says more than the target.</param>
public sealed record Act(string Action, string Target, string? Environment = null, string? Reason = null, string? After = null);
