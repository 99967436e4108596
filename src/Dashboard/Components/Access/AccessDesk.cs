using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Components.Access;

/// <summary>Accounts, tokens, sign-ins and the trail as their pages meet them. Who changes anybody's rights proves again who he is, for that change alone.</summary>
public sealed class AccessDesk(
    AccountBook accounts,
    ApiTokens tokens,
    SecondFactors factors,
    Sessions sessions,
    ActionProofs proofs,
    AuditHistory history,
    CircuitVisit visits,
    AccessGate gate,
    AuditTrail trail,
    EnvironmentRegistry environments) : IAccessDesk
{
    private const string NotProven = "It was not done: your password or your code is wrong, or there were too many tries. Type them again.";

    public Task<AccessView> ReadAsync(CancellationToken cancellationToken) => AskAsync(async () =>
    {
        await MayAsync("list-access", "accounts and tokens", cancellationToken);
        return new AccessView(
            await accounts.ListAsync(cancellationToken),
            await tokens.ListAsync(cancellationToken),
            [.. environments.All.Select(environment => new Choice(environment.Name, environment.Title))],
            await visits.ProofNeedAsync(cancellationToken));
    });

    public Task<OwnAccount?> OwnAsync(CancellationToken cancellationToken) => AskAsync(async () =>
    {
        if (await visits.LiveAsync(cancellationToken) is not { } live)
            return null;
        var own = (await sessions.LiveAsync(cancellationToken)).Where(other => other.Account.Id == live.Account.Id).Select(other => other.Session);
        return new OwnAccount(live.Account, live.Session.Id, [.. own], await visits.ProofNeedAsync(cancellationToken));
    });

    public Task<IReadOnlyList<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        await MayAsync("read-audit", "the audit trail", cancellationToken);
        return await history.ListAsync(query, cancellationToken);
    });

    public Task<string?> CreateAccountAsync(string name, string password, Role role, Proof? proof, CancellationToken cancellationToken) =>
        ManageAsync("manage-accounts", $"create {name}", proof, async asker => (await accounts.CreateAsync(name, password, role, asker, cancellationToken)).Problem, cancellationToken);

    public Task<string?> ChangeAccountAsync(string name, AccountChange change, Proof? proof, CancellationToken cancellationToken) => ManageAsync(
        "manage-accounts",
        $"{change} {name}",
        proof,
        async asker => (await (change switch
        {
            AccountChange.MakeViewer => accounts.SetRoleAsync(name, Role.Viewer, asker, cancellationToken),
            AccountChange.MakeOperator => accounts.SetRoleAsync(name, Role.Operator, asker, cancellationToken),
            AccountChange.MakeAdministrator => accounts.SetRoleAsync(name, Role.Administrator, asker, cancellationToken),
            AccountChange.Disable => accounts.DisableAsync(name, asker, cancellationToken),
            AccountChange.Enable => accounts.EnableAsync(name, asker, cancellationToken),
            AccountChange.Unlock => accounts.UnlockAsync(name, asker, cancellationToken),
            _ => accounts.RemoveSecondFactorAsync(name, asker, cancellationToken),
        })).Problem,
        cancellationToken);

    public async Task<TokenAnswer> CreateTokenAsync(TokenWish wish, Proof? proof, CancellationToken cancellationToken)
    {
        TokenAnswer? answer = null;
        var problem = await ManageAsync(
            "manage-tokens", $"create {wish.Name} as {wish.Role}", proof, async asker => (answer = await tokens.CreateAsync(wish, asker, cancellationToken)).Problem, cancellationToken);
        return answer ?? new TokenAnswer(null, null, problem);
    }

    /// <summary>Taking a right away needs no proof: whoever does it in a hurry has a reason.</summary>
    public Task<string?> RevokeTokenAsync(string prefix, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var visit = await MayAsync("manage-tokens", prefix, cancellationToken);
        return (await tokens.RevokeAsync(prefix, visit.Asker, cancellationToken)).Problem;
    });

    public Task<string?> ChangePasswordAsync(string password, Proof? proof, CancellationToken cancellationToken) => OwnActAsync(async (live, asker) =>
    {
        if (live.Account.PasswordHash is null)
            return "You have no password here: you sign in elsewhere.";
        if (!await IsProvenAsync("set-password", live.Account.Name, proof, asker, cancellationToken))
            return NotProven;
        var answer = await accounts.SetPasswordAsync(live.Account.Name, password, asker, cancellationToken);
        if (answer.Account is { } changed)
            await sessions.RenewAsync(live, changed, cancellationToken);
        return answer.Problem;
    }, cancellationToken);

    public Task<string?> BeginSecondFactorAsync(CancellationToken cancellationToken) =>
        OwnActAsync((live, asker) => factors.BeginAsync(live.Account, asker, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<string>?> ConfirmSecondFactorAsync(string code, CancellationToken cancellationToken) => OwnActAsync(async (live, asker) =>
    {
        var codes = await factors.ConfirmAsync(live.Account, code, asker, cancellationToken);
        if (codes is not null && await accounts.FindEnabledAsync(live.Account.Id, cancellationToken) is { } changed)
            await sessions.RenewAsync(live, changed, cancellationToken);
        return codes;
    }, cancellationToken);

    public Task EndSessionAsync(string id, CancellationToken cancellationToken) => OwnActAsync(async (live, asker) =>
    {
        if ((await sessions.LiveAsync(cancellationToken)).FirstOrDefault(other => other.Session.Id == id && other.Account.Id == live.Account.Id) is { } other)
            await sessions.EndAsync(other, asker, cancellationToken);
        return true;
    }, cancellationToken);

    private Task<string?> ManageAsync(string action, string what, Proof? proof, Func<Asker, Task<string?>> work, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var visit = await MayAsync(action, what, cancellationToken);
        return await IsProvenAsync(action, what, proof, visit.Asker, cancellationToken) ? await work(visit.Asker) : NotProven;
    });

    private async Task<bool> IsProvenAsync(string action, string what, Proof? proof, Asker asker, CancellationToken cancellationToken)
    {
        var purpose = ActionProofs.PurposeOf(action, environment: null, what);
        return await visits.ProveAsync(proof, purpose, asker, cancellationToken) is { } text
            && await visits.LiveAsync(cancellationToken) is { } live
            && await proofs.UseAsync(text, live.Account, purpose, cancellationToken);
    }

    /// <summary>What the account book and the tokens do, they write down themselves; looking at them, and being refused, is written here.</summary>
    private async Task<Visit> MayAsync(string action, string target, CancellationToken cancellationToken)
    {
        var visit = await visits.NowAsync(cancellationToken);
        if (action is "list-access" or "read-audit")
            await gate.SeeAsync(visit, new Act(action, target), cancellationToken);
        else if (!AccessRules.May(visit.Caller, action))
        {
            await trail.AppendAsync(visit.Asker.Fact(action, target) with { Outcome = AuditOutcome.Refused }, cancellationToken);
            throw new AccessRefusedException(AccessRules.Refusal(visit.Caller, action, environment: null));
        }

        return visit;
    }

    private Task<T> OwnActAsync<T>(Func<LiveSession, Asker, Task<T>> work, CancellationToken cancellationToken) => AskAsync(async () =>
        await visits.LiveAsync(cancellationToken) is { } live
            ? await work(live, (await visits.NowAsync(cancellationToken)).Asker)
            : throw new AccessRefusedException("Your sign-in is over. Sign in again."));

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is AccessRefusedException or AuditException)
        {
            throw new NotDoneException(exception.Message, exception);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnavailableException("The dashboard's database does not answer.", exception);
        }
    }
}
