using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>
/// Who is signed in where. The cookie holds a random text and nothing else, so a copy of it is worth nothing once the session was ended here.
/// </summary>
public sealed class Sessions(DashboardDatabase database, AccountBook accounts, AuditTrail trail, TimeProvider time)
{
    /// <summary>A working day; after it one signs in again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    /// <summary>Without a request or a press.</summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(30);

    /// <summary>So that its end is written into the trail before the database forgets it.</summary>
    private static readonly TimeSpan KeptOver = TimeSpan.FromHours(1);

    private const int LongestAgent = 200;
    private static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(1);
    private readonly IMongoCollection<Session> _sessions = database.Sessions;

    /// <summary>The text for the cookie; it is kept nowhere.</summary>
    public async Task<string> BeginAsync(Account account, string? from, string? agent, CancellationToken cancellationToken)
    {
        var text = Secret.New();
        var now = time.GetUtcNow();
        await _sessions.InsertOneAsync(
            new Session
            {
                Id = Secret.HashOf(text),
                AccountId = account.Id,
                SecurityStamp = account.SecurityStamp,
                StartedAt = now,
                SeenAt = now,
                ExpiresAt = now + Longest + KeptOver,
                From = from,
                Agent = string.IsNullOrWhiteSpace(agent) ? null : Beginning.Of(agent, LongestAgent),
            },
            cancellationToken: cancellationToken);
        await database.Accounts.UpdateOneAsync(other => other.Id == account.Id, Builders<Account>.Update.Set(other => other.SignedInAt, now), cancellationToken: cancellationToken);
        return text;
    }

    public static string IdOf(string text) => Secret.HashOf(text);

    /// <summary>The same for what its owner does: using it keeps it alive.</summary>
    public async Task<LiveSession?> UseAsync(string id, CancellationToken cancellationToken)
    {
        var live = await LookAsync(id, cancellationToken);
        var now = time.GetUtcNow();
        if (live is not null && now - live.Session.SeenAt >= SeenStep)
            await _sessions.UpdateOneAsync(other => other.Id == id, Builders<Session>.Update.Set(other => other.SeenAt, now), cancellationToken: cancellationToken);
        return live;
    }

    /// <summary>The session with its account, as both are now; null when it is over. For what a page does by itself, which keeps nothing alive.</summary>
    public async Task<LiveSession?> LookAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = await _sessions.Find(other => other.Id == id && other.StartedAt > now - Longest && other.SeenAt > now - LongestIdle).FirstOrDefaultAsync(cancellationToken);
        return session is not null && await accounts.CurrentAsync(session.AccountId, session.SecurityStamp, cancellationToken) is { } account ? new LiveSession(session, account) : null;
    }

    /// <summary>All that live, with their accounts.</summary>
    public async Task<IReadOnlyList<LiveSession>> LiveAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var live = await _sessions.Find(session => session.StartedAt > now - Longest && session.SeenAt > now - LongestIdle).SortByDescending(session => session.StartedAt).ToListAsync(cancellationToken);
        var ids = live.Select(session => session.AccountId).Distinct(StringComparer.Ordinal).ToList();
        var owners = (await database.Accounts.Find(account => ids.Contains(account.Id) && !account.IsDisabled).ToListAsync(cancellationToken)).ToDictionary(account => account.Id, StringComparer.Ordinal);
        return [.. live.Where(session => owners.GetValueOrDefault(session.AccountId)?.SecurityStamp == session.SecurityStamp).Select(session => new LiveSession(session, owners[session.AccountId]))];
    }

    /// <summary>After its owner has changed his own account: the others of his are over, this one goes on.</summary>
    public Task RenewAsync(LiveSession live, Account changed, CancellationToken cancellationToken) => _sessions.UpdateOneAsync(
        session => session.Id == live.Session.Id, Builders<Session>.Update.Set(session => session.SecurityStamp, changed.SecurityStamp), cancellationToken: cancellationToken);

    /// <summary>Ends it at once, in every process.</summary>
    public async Task EndAsync(LiveSession live, Asker asker, CancellationToken cancellationToken)
    {
        var fact = asker.Fact("sign-out", live.Account.Name);
        await trail.AppendAsync(fact, cancellationToken);
        await _sessions.DeleteOneAsync(session => session.Id == live.Session.Id, cancellationToken);
        await trail.AppendAsync(fact with { Outcome = AuditOutcome.Done }, cancellationToken);
    }
}

/// <summary>A session and whose it is.</summary>
public sealed record LiveSession(Session Session, Account Account)
{
    public Caller Caller => Account.Caller with { SessionId = Session.Id };
}
