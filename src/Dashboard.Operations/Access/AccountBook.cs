using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>Makes and changes accounts; every change has its audit entry before it is made, and ends what was signed in before it.</summary>
public sealed class AccountBook(DashboardDatabase database, AuditTrail trail, PasswordHashing passwords, Tries tries, TimeProvider time)
{
    public const int LongestName = 100;

    /// <summary>In place of a provider: the start's own link.</summary>
    public const string LocalVoucher = "local mode";

    private static readonly UpdateDefinitionBuilder<Account> Set = Builders<Account>.Update;
    private static readonly FindOneAndUpdateOptions<Account, Account> Changed = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<Account> _accounts = database.Accounts;

    public static string KeyOf(string name) => PasswordHashing.Canonical(name.Trim()).ToLowerInvariant();

    public async Task<Account?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var key = KeyOf(name);
        return await _accounts.Find(account => account.Key == key).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken) =>
        await _accounts.Find(FilterDefinition<Account>.Empty).SortBy(account => account.Key).ToListAsync(cancellationToken);

    /// <summary>The account as it is now, for whoever signed in with this stamp; null when his rights, his password or he himself have changed since.</summary>
    public async Task<Account?> CurrentAsync(string id, string securityStamp, CancellationToken cancellationToken) =>
        await _accounts.Find(account => account.Id == id && account.SecurityStamp == securityStamp && !account.IsDisabled).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The account as it is now, whatever has changed of it; null when there is none or it is disabled.</summary>
    public async Task<Account?> FindEnabledAsync(string id, CancellationToken cancellationToken) =>
        await _accounts.Find(account => account.Id == id && !account.IsDisabled).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Nobody can sign in with a password yet.</summary>
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) =>
        !await _accounts.Find(account => account.PasswordHash != null).Limit(1).AnyAsync(cancellationToken);

    /// <summary>The account of whom somebody else vouches for, made at the first time; its role is what the voucher says, from sign-in to sign-in.</summary>
    public async Task<AccountAnswer> VouchAsync(string voucher, string name, Role role, Asker asker, CancellationToken cancellationToken)
    {
        if (await _accounts.Find(account => account.Voucher == voucher).FirstOrDefaultAsync(cancellationToken) is { } known)
        {
            if (known.IsDisabled)
                return new AccountAnswer(null, $"The account of {known.Name} is disabled. Ask an administrator.");

            // In the trail he has the name that he has here: the provider's he may be able to change himself.
            return known.Role == role ? new AccountAnswer(known, null) : await SetRoleAsync(known.Name, role, asker with { Actor = known.Name }, cancellationToken);
        }

        if (ProblemOf(name) is { } problem)
            return new AccountAnswer(null, problem);
        return await InsertAsync(NewAccount(name, password: null, role, asker.Actor) with { Voucher = voucher }, asker, cancellationToken);
    }

    public async Task<AccountAnswer> CreateAsync(string name, string password, Role role, Asker asker, CancellationToken cancellationToken)
    {
        if (ProblemOf(name, password) is { } problem)
            return new AccountAnswer(null, problem);
        return await InsertAsync(NewAccount(name, password, role, asker.Actor), asker, cancellationToken);
    }

    private async Task<AccountAnswer> InsertAsync(Account account, Asker asker, CancellationToken cancellationToken)
    {
        var fact = asker.Fact("create-account", account.Name) with { After = account.Role.Word() };
        await trail.AppendAsync(fact, cancellationToken);
        try
        {
            await _accounts.InsertOneAsync(account, cancellationToken: cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            await trail.AppendAsync(fact with { Outcome = AuditOutcome.Refused }, cancellationToken);
            return new AccountAnswer(null, $"There is an account '{account.Name}' already. Take another name.");
        }

        await trail.AppendAsync(fact with { Outcome = AuditOutcome.Done }, cancellationToken);
        return new AccountAnswer(account, null);
    }

    /// <summary>Ends his sign-ins at once; the account stays, because the trail names it.</summary>
    public async Task<AccountAnswer> DisableAsync(string name, Asker asker, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is { IsDisabled: false, Role: Role.Administrator } && await AdministratorsAsync(cancellationToken) == 1)
            return new AccountAnswer(null, $"{name} is the last administrator who can sign in. Make another one first.");
        return await ChangeAsync(name, "disable-account", account => account.IsDisabled ? "disabled" : "enabled", "disabled", Set.Set(account => account.IsDisabled, true), asker, cancellationToken);
    }

    public Task<AccountAnswer> EnableAsync(string name, Asker asker, CancellationToken cancellationToken) =>
        ChangeAsync(name, "enable-account", account => account.IsDisabled ? "disabled" : "enabled", "enabled", Set.Set(account => account.IsDisabled, false), asker, cancellationToken);

    public async Task<AccountAnswer> SetRoleAsync(string name, Role role, Asker asker, CancellationToken cancellationToken)
    {
        if (role != Role.Administrator && await FindAsync(name, cancellationToken) is { IsDisabled: false, Role: Role.Administrator } && await AdministratorsAsync(cancellationToken) == 1)
            return new AccountAnswer(null, $"{name} is the last administrator who can sign in. Make another one first.");
        return await ChangeAsync(name, "set-role", account => account.Role.Word(), role.Word(), Set.Set(account => account.Role, role), asker, cancellationToken);
    }

    public async Task<AccountAnswer> SetPasswordAsync(string name, string password, Asker asker, CancellationToken cancellationToken)
    {
        var account = await FindAsync(name, cancellationToken);
        if (account is not null && PasswordRules.ProblemOf(password, account.Name, account.HasSecondFactor) is { } problem)
            return new AccountAnswer(null, problem);
        return await ChangeAsync(name, "set-password", _ => "a password", "another password", Set.Set(other => other.PasswordHash, passwords.Hash(password)), asker, cancellationToken);
    }

    /// <summary>For whoever lost it: he signs in with the password alone and makes a new one.</summary>
    public Task<AccountAnswer> RemoveSecondFactorAsync(string name, Asker asker, CancellationToken cancellationToken) => ChangeAsync(
        name, "remove-second-factor", account => account.SecondFactor?.ToString() ?? "none", "none", Set.Set(account => account.SecondFactor, null).Set(account => account.RecoveryCodes, []), asker, cancellationToken);

    /// <summary>Ends the lock-out that guesses brought about.</summary>
    public async Task<AccountAnswer> UnlockAsync(string name, Asker asker, CancellationToken cancellationToken)
    {
        var answer = await ChangeAsync(name, "unlock-account", _ => "as guessed at", "unlocked", Set.Set(account => account.SchemaVersion, 1), asker, cancellationToken);
        if (answer.Account is { } account)
            await tries.ForgetAsync(SignIn.KeyOf(account.Key, knownSource: null), cancellationToken);
        return answer;
    }

    internal Account NewAccount(string name, string? password, Role role, string createdBy) => new()
    {
        Id = ObjectId.GenerateNewId().ToString(),
        Name = name.Trim(),
        Key = KeyOf(name),
        Role = role,
        PasswordHash = password is null ? null : passwords.Hash(password),
        SecurityStamp = Secret.New(),
        CreatedAt = time.GetUtcNow(),
        CreatedBy = createdBy,
    };

    internal static string? ProblemOf(string name, string password) =>
        ProblemOf(name) ?? (PasswordRules.ProblemOf(password, name.Trim(), hasSecondFactor: false) is { } problem ? $"The password is not taken. {problem}" : null);

    private static string? ProblemOf(string name) =>
        name.Trim() is { Length: > 0 and <= LongestName } text && !text.Any(char.IsControl) ? null : $"A name has 1 to {LongestName} characters and none that controls. Take another one.";

    private async Task<AccountAnswer> ChangeAsync(
        string name, string action, Func<Account, string> before, string after, UpdateDefinition<Account> change, Asker asker, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is not { } account)
            return new AccountAnswer(null, $"There is no account '{name}'. List them with 'dashboard access list'.");
        var fact = asker.Fact(action, account.Name) with { Before = before(account), After = after };
        await trail.AppendAsync(fact, cancellationToken);
        var changed = await _accounts.FindOneAndUpdateAsync(other => other.Id == account.Id, change.Set(other => other.SecurityStamp, Secret.New()), Changed, cancellationToken);
        await trail.AppendAsync(fact with { Outcome = AuditOutcome.Done }, cancellationToken);
        return new AccountAnswer(changed, null);
    }

    private Task<long> AdministratorsAsync(CancellationToken cancellationToken) =>
        _accounts.CountDocumentsAsync(account => account.Role == Role.Administrator && !account.IsDisabled, cancellationToken: cancellationToken);
}

/// <summary>The account as it is afterwards, or one sentence why nothing was done.</summary>
public sealed record AccountAnswer(Account? Account, string? Problem);
