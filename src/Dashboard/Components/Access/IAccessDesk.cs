using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration.Report;
using Dashboard.Operations.Running;

namespace Dashboard.Components.Access;

/// <summary>
/// Who may what and what was configured, as their pages read and change it, for whoever is signed in. What is not done says so in a sentence, or throws <see cref="NotDoneException"/>
/// when he may not or when it cannot be written into the audit trail.
/// </summary>
public interface IAccessDesk
{
    /// <summary>The words of the trail that can be looked for, in their order.</summary>
    IReadOnlyList<string> Actions { get; }

    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<AccessView> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Null when his sign-in is over.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<OwnAccount?> OwnAsync(CancellationToken cancellationToken);

    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken);

    /// <exception cref="UnavailableException">That it was looked at cannot be written now.</exception>
    Task<ConfigurationReport> ConfigurationAsync(CancellationToken cancellationToken);

    /// <summary>Null when it was made.</summary>
    Task<string?> CreateAccountAsync(string name, string password, Role role, Proof? proof, CancellationToken cancellationToken);

    /// <summary>Null when it was changed.</summary>
    Task<string?> ChangeAccountAsync(string name, AccountChange change, Proof? proof, CancellationToken cancellationToken);

    Task<TokenAnswer> CreateTokenAsync(TokenWish wish, Proof? proof, CancellationToken cancellationToken);

    /// <summary>Null when it was ended.</summary>
    Task<string?> RevokeTokenAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Ends every other sign-in of his; null when it was changed.</summary>
    Task<string?> ChangePasswordAsync(string password, Proof? proof, CancellationToken cancellationToken);

    Task<FactorAnswer> BeginSecondFactorAsync(Proof? proof, CancellationToken cancellationToken);

    /// <summary>Recovery codes, shown this once; null when the code is wrong.</summary>
    Task<IReadOnlyList<string>?> ConfirmSecondFactorAsync(string code, CancellationToken cancellationToken);

    /// <summary>One of his own sign-ins.</summary>
    Task EndSessionAsync(string id, CancellationToken cancellationToken);
}

/// <summary>What is changed about an account.</summary>
public enum AccountChange
{
    MakeViewer,
    MakeOperator,
    MakeAdministrator,
    Disable,
    Enable,
    Unlock,
    RemoveSecondFactor,
}

/// <summary>The address for an authenticator app, or why there is none.</summary>
public sealed record FactorAnswer(string? Address, string? Problem);

/// <summary>Accounts and tokens, as an administrator sees them.</summary>
/// <param name="Need">How he proves who he is before he changes something of them.</param>
public sealed record AccessView(IReadOnlyList<Account> Accounts, IReadOnlyList<ApiToken> Tokens, IReadOnlyList<Choice> Environments, ProofNeed Need);

/// <summary>Somebody's own account with where he is signed in.</summary>
public sealed record OwnAccount(Account Account, string SessionId, IReadOnlyList<Session> Sessions, ProofNeed Need);
