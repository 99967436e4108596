using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>
/// Asks again who somebody is before he restores, rolls back or decides who may what. A proof is good for five minutes, once, and for this action with
/// these parameters alone, so that a session left open is not enough.
/// </summary>
public sealed class ActionProofs(DashboardDatabase database, AccountBook accounts, SignIn signIn, TimeProvider time)
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    /// <summary>What an action is: its name, where, and everything it is given, the plan's hash among it.</summary>
    public static string PurposeOf(string action, string? environment, string parameters) => Secret.HashOf($"{action.Length}:{action}{environment?.Length ?? -1}:{environment}{parameters}");

    /// <summary>The proof's text; null when password or code are wrong or there were too many tries, which count as those of a sign-in.</summary>
    public async Task<string?> ProveAsync(Account account, string password, string? code, string purpose, Asker asker, CancellationToken cancellationToken)
    {
        var answer = await signIn.TryAsync(new SignInTry(account.Name, password, code, asker), cancellationToken);
        return answer.Account is { } current ? await StoreAsync(current, purpose, cancellationToken) : null;
    }

    /// <summary>The same for whoever has no password here: he has signed in at his provider within the last minutes, or sees the terminal of local mode.</summary>
    public async Task<string?> ProveAsync(LiveSession live, string purpose, CancellationToken cancellationToken)
    {
        var isFresh = live.Account.IsLocal || time.GetUtcNow() - live.Session.StartedAt <= GoodFor;
        return live.Account.PasswordHash is null && isFresh ? await StoreAsync(live.Account, purpose, cancellationToken) : null;
    }

    /// <summary>Whether the account, as it is now, has proven it: once, with the text, or for good, because it is whoever sees the terminal of local mode.</summary>
    /// <param name="text">Null when none was given.</param>
    public async Task<bool> HoldsAsync(string? text, string accountId, string purpose, CancellationToken cancellationToken) =>
        await accounts.FindEnabledAsync(accountId, cancellationToken) is { } account
        && (account.IsLocal || (text is not null && await UseAsync(text, account, purpose, cancellationToken)));

    /// <summary>True once.</summary>
    public async Task<bool> UseAsync(string text, Account account, string purpose, CancellationToken cancellationToken)
    {
        var (hash, now) = (Secret.HashOf(text), time.GetUtcNow());
        var used = await database.ActionProofs.DeleteOneAsync(
            proof => proof.TokenHash == hash && proof.AccountId == account.Id && proof.SecurityStamp == account.SecurityStamp && proof.Purpose == purpose && proof.ExpiresAt > now,
            cancellationToken);
        return used.DeletedCount == 1;
    }

    private async Task<string> StoreAsync(Account account, string purpose, CancellationToken cancellationToken)
    {
        var text = Secret.New();
        await database.ActionProofs.InsertOneAsync(
            new ActionProof { TokenHash = Secret.HashOf(text), AccountId = account.Id, SecurityStamp = account.SecurityStamp, Purpose = purpose, ExpiresAt = time.GetUtcNow() + GoodFor },
            cancellationToken: cancellationToken);
        return text;
    }
}
