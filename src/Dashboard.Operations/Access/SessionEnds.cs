using System.Globalization;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>Writes into the trail that sign-ins ended by themselves, and takes their sessions away; each sign-in has an end there, like those whom their owners end.</summary>
public sealed class SessionEnds(DashboardDatabase database, AuditTallies tallies, TimeProvider time)
{
    private const int AtOnce = 100;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var over = await database.Sessions
            .Find(session => session.SeenAt <= now - Sessions.LongestIdle || session.StartedAt <= now - Sessions.Longest).Limit(AtOnce).ToListAsync(cancellationToken);
        foreach (var session in over)
        {
            var owner = await database.Accounts.Find(account => account.Id == session.AccountId).FirstOrDefaultAsync(cancellationToken);

            // Whichever dashboard looks, its entry is one: the session stands for whom it is counted.
            await tallies.TellAsync(FactOf(session, owner, now), session.Id, Sessions.Longest, cancellationToken);
            await database.Sessions.DeleteOneAsync(other => other.Id == session.Id, cancellationToken);
        }
    }

    private static AuditFact FactOf(Session session, Account? owner, DateTimeOffset now) =>
        Visit.OfMachine("the dashboard", Door.Schedule).Asker.Fact("end-session", owner?.Name ?? "unknown") with
        {
            Outcome = AuditOutcome.Done,
            Before = string.Create(CultureInfo.InvariantCulture, $"signed in at {session.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC from {session.From ?? "an unknown address"}"),
            Reason = ReasonOf(session, owner, now),
        };

    private static string ReasonOf(Session session, Account? owner, DateTimeOffset now)
    {
        if (owner is null || owner.IsDisabled || owner.SecurityStamp != session.SecurityStamp)
            return "the account was disabled, or its rights, password or second factor were changed";
        return session.StartedAt <= now - Sessions.Longest
            ? string.Create(CultureInfo.InvariantCulture, $"{Sessions.Longest.TotalHours:0} hours are over")
            : string.Create(CultureInfo.InvariantCulture, $"it was not used for {Sessions.LongestIdle.TotalMinutes:0} minutes");
    }
}
