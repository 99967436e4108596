using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>
/// Signs people in. Whatever is wrong has one answer, so nobody learns which names there are, and takes the same work: a name that does not exist is
/// counted and hashed like one that does.
/// </summary>
public sealed class SignIn(DashboardDatabase database, AccountBook accounts, PasswordHashing passwords, SecondFactors factors, Tries tries, AuditTrail trail, AuditTallies tallies, TimeProvider time)
{
    /// <summary>The only sentence for whoever is refused.</summary>
    public const string Refusal = "Name, password or code is wrong, or there were too many tries. Wait a minute and try again.";

    private const int MostSources = 20;
    private const int LongestTyped = 8 * PasswordRules.Longest;
    private static readonly UpdateDefinitionBuilder<Account> Set = Builders<Account>.Update;

    /// <exception cref="AuditException">The trail cannot be written, so nobody is signed in.</exception>
    public async Task<SignInAnswer> TryAsync(SignInTry given, CancellationToken cancellationToken)
    {
        var key = AccountBook.KeyOf(given.Name);
        var source = Secret.HashOf(SourceNetwork.Of(given.Asker.From));
        var account = await accounts.FindAsync(given.Name, cancellationToken);
        var known = account?.KnownSources.Contains(source, StringComparer.Ordinal) == true ? source : null;
        var (sourceKey, accountKey) = ($"source/{source}", KeyOf(key, known));
        if (!await tries.TakeAsync(sourceKey, Tries.OfSource, cancellationToken) || !await tries.TakeAsync(accountKey, Tries.OfAccount, cancellationToken))
            return RefuseUnseen(account, given, sourceKey);

        // None that is longer was ever taken, and what is hashed should not be of any size.
        var verdict = passwords.Verify(account?.PasswordHash, given.Password.Length <= LongestTyped ? given.Password : string.Empty);
        if (account is null || verdict == PasswordVerdict.Wrong || account.IsDisabled)
            return await RefuseAsync(account, given, account is null ? "there is no such name" : verdict == PasswordVerdict.Wrong ? "wrong password" : "the account is disabled", cancellationToken);
        if (account.HasSecondFactor && string.IsNullOrWhiteSpace(given.Code))
        {
            await tries.TakeBackAsync(sourceKey, cancellationToken);
            await RefuseAsync(account, given, "the password was right, and the code of the second factor was not given", cancellationToken);
            return new SignInAnswer(SignInVerdict.CodeNeeded, null);
        }

        if (account.HasSecondFactor && !await factors.TakeAsync(account, given.Code ?? string.Empty, cancellationToken))
            return await RefuseAsync(account, given, "the password was right, and the code of the second factor was wrong or used before", cancellationToken);

        await trail.AppendAsync(FactOf(account, given) with { Outcome = AuditOutcome.Done }, cancellationToken);
        await tries.ForgetAsync(KeyOf(key, known), cancellationToken);
        await tries.ForgetAsync(KeyOf(key, knownSource: null), cancellationToken);
        await tries.ForgetAsync(sourceKey, cancellationToken);
        return await NoteAsync(account, source, verdict == PasswordVerdict.RightAndOld ? passwords.Hash(given.Password) : null, cancellationToken);
    }

    /// <summary>Guesses from anywhere share one count; an address from which the owner has signed in has one of its own, so that he still gets in.</summary>
    internal static string KeyOf(string accountKey, string? knownSource) => $"account/{Secret.HashOf(accountKey)}/{knownSource ?? "anywhere"}";

    private async Task<SignInAnswer> NoteAsync(Account account, string source, string? newHash, CancellationToken cancellationToken)
    {
        var change = Set
            .Set(other => other.SignedInAt, time.GetUtcNow())
            .Set(other => other.KnownSources, [.. account.KnownSources.Where(known => known != source).TakeLast(MostSources - 1), source]);
        if (newHash is not null)
            change = change.Set(other => other.PasswordHash, newHash);

        // Not when it was disabled or its password was changed since it was read.
        var noted = await database.Accounts.FindOneAndUpdateAsync(
            other => other.Id == account.Id && other.SecurityStamp == account.SecurityStamp && !other.IsDisabled,
            change,
            new FindOneAndUpdateOptions<Account, Account> { ReturnDocument = ReturnDocument.After },
            cancellationToken);
        return noted is null ? SignInAnswer.Refused : new SignInAnswer(SignInVerdict.Accepted, noted);
    }

    /// <param name="reason">For the trail alone.</param>
    private async Task<SignInAnswer> RefuseAsync(Account? account, SignInTry given, string reason, CancellationToken cancellationToken)
    {
        await trail.AppendAsync(FactOf(account, given) with { Outcome = AuditOutcome.Refused, Reason = reason }, cancellationToken);
        return SignInAnswer.Refused;
    }

    /// <summary>What is not even looked at can come without end, so it has an entry once in a quarter of an hour.</summary>
    private SignInAnswer RefuseUnseen(Account? account, SignInTry given, string source)
    {
        tallies.Note(FactOf(account, given) with { Outcome = AuditOutcome.Refused, Reason = "too many tries: it was not looked at" }, source, Sightings.Span);
        return SignInAnswer.Refused;
    }

    // A name that does not exist may be a password that was typed into the wrong field.
    private static AuditFact FactOf(Account? account, SignInTry given) =>
        (given.Asker with { Actor = account?.Name ?? "unknown", Role = "none" }).Fact("sign-in", account?.Name ?? "unknown");
}

/// <summary>What somebody typed, and from where.</summary>
/// <param name="Code">Of the second factor, or a recovery code.</param>
public sealed record SignInTry(string Name, string Password, string? Code, Asker Asker)
{
    /// <summary>A record would print the password.</summary>
    public override string ToString() => $"a sign-in from {Asker.From}";
}

/// <summary>What came of a try.</summary>
/// <param name="Account">When it was accepted.</param>
public sealed record SignInAnswer(SignInVerdict Verdict, Account? Account)
{
    public static readonly SignInAnswer Refused = new(SignInVerdict.Refused, null);
}

public enum SignInVerdict
{
    Refused,

    /// <summary>Name and password are right; nobody is signed in before the code is.</summary>
    CodeNeeded,
    Accepted,
}
