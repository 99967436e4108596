using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>The way in while there is no account: a link that is good once and for a quarter of an hour. There is no default account.</summary>
public sealed class FirstSetup(DashboardDatabase database, AccountBook accounts, AuditTrail trail, TimeProvider time)
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(15);

    /// <summary>The only sentence for a link that is not good, whatever the reason.</summary>
    public const string Refusal = "This link is not good (any more): it works once, for 15 minutes, while there is no account. Start the dashboard again for a new one.";

    /// <summary>The link's token, to be shown on the console of whoever started the dashboard; null when there is an account.</summary>
    public async Task<string?> BeginAsync(Asker asker, CancellationToken cancellationToken)
    {
        if (!await accounts.IsEmptyAsync(cancellationToken))
            return null;
        var token = Secret.New();
        await trail.AppendAsync(asker.Fact("make-setup-link", "the first administrator"), cancellationToken);
        await database.SetupLinks.ReplaceOneAsync(
            link => link.Id == SetupLink.OnlyId,
            new SetupLink { TokenHash = Secret.HashOf(token), ExpiresAt = time.GetUtcNow() + GoodFor },
            new ReplaceOptions { IsUpsert = true },
            cancellationToken);
        return token;
    }

    /// <summary>Whether a form should be shown for it; only <see cref="CompleteAsync"/> uses it up.</summary>
    public async Task<bool> IsGoodAsync(string token, CancellationToken cancellationToken)
    {
        var (hash, now) = (Secret.HashOf(token), time.GetUtcNow());
        return await database.SetupLinks.Find(link => link.TokenHash == hash && link.ExpiresAt > now).AnyAsync(cancellationToken) && await accounts.IsEmptyAsync(cancellationToken);
    }

    /// <summary>Makes the first administrator. A name or password that is not taken leaves the link good.</summary>
    public async Task<AccountAnswer> CompleteAsync(string token, string name, string password, Asker asker, CancellationToken cancellationToken)
    {
        var (hash, now) = (Secret.HashOf(token), time.GetUtcNow());
        if (!await IsGoodAsync(token, cancellationToken))
            return await RefuseAsync(asker, cancellationToken);
        if (AccountBook.ProblemOf(name, password) is { } problem)
            return new AccountAnswer(null, problem);

        // Of two that come at the same moment one deletes it.
        if (await database.SetupLinks.FindOneAndDeleteAsync(link => link.TokenHash == hash && link.ExpiresAt > now, cancellationToken: cancellationToken) is null)
            return await RefuseAsync(asker, cancellationToken);
        return await accounts.CreateAsync(name, password, Role.Administrator, asker, cancellationToken);
    }

    private async Task<AccountAnswer> RefuseAsync(Asker asker, CancellationToken cancellationToken)
    {
        await trail.AppendAsync(asker.Fact("use-setup-link", "the first administrator") with { Outcome = AuditOutcome.Refused }, cancellationToken);
        return new AccountAnswer(null, Refusal);
    }
}
