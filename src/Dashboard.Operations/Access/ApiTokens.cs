using Dashboard.Operations.Audit;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>Makes, knows and revokes API tokens: of a role, for some environments or all, never for good.</summary>
public sealed class ApiTokens(DashboardDatabase database, EnvironmentRegistry environments, AuditTrail trail, AuditTallies tallies, TimeProvider time)
{
    /// <summary>What every token begins with, so that a scan for secrets finds one that got lost.</summary>
    public const string Mark = "dnd_";

    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private const int PrefixLength = 12;
    private const int LongestName = 100;
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(90);
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(1);
    private readonly IMongoCollection<ApiToken> _tokens = database.ApiTokens;

    /// <summary>The token's text is in the answer alone.</summary>
    public async Task<TokenAnswer> CreateAsync(TokenWish wish, Asker asker, CancellationToken cancellationToken)
    {
        if (ProblemOf(wish) is { } problem)
            return new TokenAnswer(null, null, problem);
        var text = Mark + Secret.New();
        var now = time.GetUtcNow();
        var token = new ApiToken
        {
            Id = ObjectId.GenerateNewId().ToString(),
            Prefix = text[..PrefixLength],
            Hash = Secret.HashOf(text),
            Name = wish.Name.Trim(),
            Role = wish.Role,
            Environments = wish.Environments is { Count: > 0 } some ? [.. some.Distinct(StringComparer.Ordinal)] : null,
            CreatedAt = now,
            CreatedBy = asker.Actor,
            ExpiresAt = now + wish.GoodFor,
            KeptUntil = now + wish.GoodFor + KeepEnded,
        };
        var fact = asker.Fact("create-token", token.Caller.Name) with { After = ScopeOf(token) };
        await trail.AppendAsync(fact, cancellationToken);
        await _tokens.InsertOneAsync(token, cancellationToken: cancellationToken);
        await trail.AppendAsync(fact with { Outcome = AuditOutcome.Done }, cancellationToken);
        return new TokenAnswer(token, text, null);
    }

    /// <summary>Null when there is no such token, or it is over.</summary>
    public async Task<ApiToken?> FindAsync(string text, string? from, CancellationToken cancellationToken)
    {
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
            return null;
        var (hash, now) = (Secret.HashOf(text), time.GetUtcNow());
        var token = await _tokens.Find(other => other.Hash == hash && other.RevokedAt == null && other.ExpiresAt > now).FirstOrDefaultAsync(cancellationToken);
        if (token is null)
            NoteRefusal(await _tokens.Find(other => other.Hash == hash).FirstOrDefaultAsync(cancellationToken), from);
        else if (token.UsedAt is null || now - token.UsedAt >= UseStep || token.UsedFrom != from)
            await _tokens.UpdateOneAsync(other => other.Id == token.Id, Builders<ApiToken>.Update.Set(other => other.UsedAt, now).Set(other => other.UsedFrom, from), cancellationToken: cancellationToken);
        return token;
    }

    /// <summary>The token of a run's record, if it still opens something.</summary>
    public async Task<ApiToken?> CurrentAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _tokens.Find(token => token.Id == id && token.RevokedAt == null && token.ExpiresAt > now).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The newest first, with those that are over.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(CancellationToken cancellationToken) =>
        await _tokens.Find(FilterDefinition<ApiToken>.Empty).SortByDescending(token => token.CreatedAt).ToListAsync(cancellationToken);

    /// <param name="prefix">As the list shows it.</param>
    public async Task<TokenAnswer> RevokeAsync(string prefix, Asker asker, CancellationToken cancellationToken)
    {
        var found = await _tokens.Find(token => token.Prefix == prefix && token.RevokedAt == null).Limit(2).ToListAsync(cancellationToken);
        if (found is not [var token])
            return new TokenAnswer(null, null, $"There is no token that begins with '{prefix}' and is not revoked. List them with 'dashboard access list'.");
        var fact = asker.Fact("revoke-token", token.Caller.Name) with { Before = ScopeOf(token), After = "revoked" };
        await trail.AppendAsync(fact, cancellationToken);
        await _tokens.UpdateOneAsync(
            other => other.Id == token.Id, Builders<ApiToken>.Update.Set(other => other.RevokedAt, time.GetUtcNow()).Set(other => other.RevokedBy, asker.Actor), cancellationToken: cancellationToken);
        await trail.AppendAsync(fact with { Outcome = AuditOutcome.Done }, cancellationToken);
        return new TokenAnswer(token, null, null);
    }

    /// <summary>A script that goes on with a token that is over sends it with every call, so it has an entry once in a quarter of an hour.</summary>
    /// <param name="over">Null when there never was one, or it is forgotten.</param>
    private void NoteRefusal(ApiToken? over, string? from)
    {
        var name = over?.Caller.Name ?? "unknown";
        var reason = over switch
        {
            null => "there is no such token",
            { RevokedAt: { } at } => $"it was revoked by {over.RevokedBy} at {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
            _ => $"it expired at {over.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
        };
        tallies.Note(new Asker(name, "none", Door.Api, from).Fact("use-token", name) with { Outcome = AuditOutcome.Refused, Reason = reason }, $"{over?.Id} {SourceNetwork.Of(from)}", Sightings.Span);
    }

    private static string ScopeOf(ApiToken token) =>
        $"{token.Role.Word()} in {(token.Environments is { } some ? string.Join(", ", some) : "every environment")} until {token.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC";

    private string? ProblemOf(TokenWish wish)
    {
        if (wish.Name.Trim().Length is 0 or > LongestName || wish.Name.Any(char.IsControl))
            return $"A token has a name of 1 to {LongestName} characters that says what uses it. Give it one.";
        if (wish.GoodFor <= TimeSpan.Zero || wish.GoodFor > Longest)
            return $"A token is good for a time, and for {Longest.TotalDays:0} days at most. Say a shorter one.";
        return wish.Environments?.FirstOrDefault(name => environments.Find(name) is null) is { } unknown
            ? $"There is no environment '{unknown}'; there are {environments.Names}."
            : null;
    }
}

/// <summary>The token that somebody would like to have.</summary>
/// <param name="Environments">Null or none is every one.</param>
public sealed record TokenWish(string Name, Role Role, IReadOnlyList<string>? Environments, TimeSpan GoodFor);

/// <summary>A token, or one sentence why there is none.</summary>
/// <param name="Text">What a script sends; only right after it was made.</param>
public sealed record TokenAnswer(ApiToken? Token, string? Text, string? Problem)
{
    /// <summary>A record would print the token.</summary>
    public override string ToString() => Problem ?? $"{Token}";
}
