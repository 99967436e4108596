using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration.Report;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Components.Access;

/// <summary>Accounts, tokens, sign-ins, the trail and the configuration as their pages meet them. Who changes anybody's rights proves again who he is, for that change alone.</summary>
public sealed class AccessDesk(
    AccountBook accounts,
    ApiTokens tokens,
    SecondFactors factors,
    Sessions sessions,
    AuditHistory history,
    ConfigurationAudit configuration,
    CircuitVisit visits,
    AccessGate gate,
    Patience patience,
    OperationCatalog catalog,
    EnvironmentRegistry environments) : IAccessDesk
{
    private const string NotProven = "It was not done: your password or your code is wrong, or there were too many tries. Type them again.";

    public IReadOnlyList<string> Actions { get; } =
        [.. catalog.All.Select(operation => operation.Name).Concat(AccessRules.Actions).Concat(Sightings.Actions).Concat(["sign-in", "sign-out"]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public Task<AccessView> ReadAsync(CancellationToken cancellationToken) => patience.AskAsync(
        async token =>
        {
            await gate.SeeAsync(await visits.NowAsync(token), new Act("list-access", "accounts and tokens"), token);
            var places = environments.All.Select(environment => new Choice(environment.Name, environment.Title));
            return new AccessView(await accounts.ListAsync(token), await tokens.ListAsync(token), [.. places], await visits.ProofNeedAsync(token));
        },
        cancellationToken);

    public Task<OwnAccount?> OwnAsync(CancellationToken cancellationToken) => patience.AskAsync(
        async token =>
        {
            if (await visits.LiveAsync(token) is not { } live)
                return null;
            var own = (await sessions.LiveAsync(token)).Where(other => other.Account.Id == live.Account.Id).Select(other => other.Session);
            return new OwnAccount(live.Account, live.Session.Id, [.. own], await visits.ProofNeedAsync(token));
        },
        cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken) => patience.AskAsync(
        async token =>
        {
            await gate.SeeAsync(await visits.NowAsync(token), new Act("read-audit", "the audit trail"), token);
            return await history.ListAsync(query, token);
        },
        cancellationToken);

    public Task<ConfigurationReport> ConfigurationAsync(CancellationToken cancellationToken) => patience.AskAsync(
        async token =>
        {
            await gate.SeeAsync(await visits.NowAsync(token), new Act("read-configuration", "the configuration"), token);
            return configuration.Look();
        },
        cancellationToken);

    public Task<string?> CreateAccountAsync(string name, string password, Role role, Proof? proof, CancellationToken cancellationToken) =>
        ManageAsync("manage-accounts", $"create {name}", proof, async (asker, token) => (await accounts.CreateAsync(name, password, role, asker, token)).Problem, cancellationToken);

    public Task<string?> ChangeAccountAsync(string name, AccountChange change, Proof? proof, CancellationToken cancellationToken) => ManageAsync(
        "manage-accounts",
        $"{change} {name}",
        proof,
        async (asker, token) => (await (change switch
        {
            AccountChange.MakeViewer => accounts.SetRoleAsync(name, Role.Viewer, asker, token),
            AccountChange.MakeOperator => accounts.SetRoleAsync(name, Role.Operator, asker, token),
            AccountChange.MakeAdministrator => accounts.SetRoleAsync(name, Role.Administrator, asker, token),
            AccountChange.Disable => accounts.DisableAsync(name, asker, token),
            AccountChange.Enable => accounts.EnableAsync(name, asker, token),
            AccountChange.Unlock => accounts.UnlockAsync(name, asker, token),
            _ => accounts.RemoveSecondFactorAsync(name, asker, token),
        })).Problem,
        cancellationToken);

    public async Task<TokenAnswer> CreateTokenAsync(TokenWish wish, Proof? proof, CancellationToken cancellationToken)
    {
        TokenAnswer? answer = null;
        var problem = await ManageAsync(
            "manage-tokens", $"create {wish.Name} as {wish.Role}", proof, async (asker, token) => (answer = await tokens.CreateAsync(wish, asker, token)).Problem, cancellationToken);
        return answer ?? new TokenAnswer(null, null, problem);
    }

    /// <summary>Taking a right away needs no proof: whoever does it in a hurry has a reason.</summary>
    public Task<string?> RevokeTokenAsync(string prefix, CancellationToken cancellationToken) => patience.AskAsync(
        async token =>
        {
            var visit = await visits.NowAsync(token);
            await gate.CheckAsync(visit, new Act("manage-tokens", prefix), token);
            return (await tokens.RevokeAsync(prefix, visit.Asker, token)).Problem;
        },
        cancellationToken);

    public Task<string?> ChangePasswordAsync(string password, Proof? proof, CancellationToken cancellationToken) => OwnActAsync(
        async (live, asker, token) =>
        {
            if (live.Account.PasswordHash is null)
                return "You have no password here: you sign in elsewhere.";
            if (!await visits.IsProvenAsync(proof, "set-password", live.Account.Name, asker, token))
                return NotProven;
            var answer = await accounts.SetPasswordAsync(live.Account.Name, password, asker, token);
            if (answer.Account is { } changed)
                await sessions.RenewAsync(live, changed, token);
            return answer.Problem;
        },
        cancellationToken);

    public Task<FactorAnswer> BeginSecondFactorAsync(Proof? proof, CancellationToken cancellationToken) => OwnActAsync(
        async (live, asker, token) =>
        {
            if (!await visits.IsProvenAsync(proof, "begin-second-factor", live.Account.Name, asker, token))
                return new FactorAnswer(null, NotProven);
            var address = await factors.BeginAsync(live.Account, asker, token);
            return new FactorAnswer(address, address is null ? "There is a second factor already; an administrator can remove it." : null);
        },
        cancellationToken);

    public Task<IReadOnlyList<string>?> ConfirmSecondFactorAsync(string code, CancellationToken cancellationToken) => OwnActAsync(
        async (live, asker, token) =>
        {
            var codes = await factors.ConfirmAsync(live.Account, code, asker, token);
            if (codes is not null && await accounts.FindEnabledAsync(live.Account.Id, token) is { } changed)
                await sessions.RenewAsync(live, changed, token);
            return codes;
        },
        cancellationToken);

    public Task EndSessionAsync(string id, CancellationToken cancellationToken) => OwnActAsync(
        async (live, asker, token) =>
        {
            if ((await sessions.LiveAsync(token)).FirstOrDefault(other => other.Session.Id == id && other.Account.Id == live.Account.Id) is { } other)
                await sessions.EndAsync(other, asker, token);
            return true;
        },
        cancellationToken);

    /// <summary>The account book and the tokens write down themselves what they do; that somebody may not is written here.</summary>
    private Task<string?> ManageAsync(string action, string what, Proof? proof, Func<Asker, CancellationToken, Task<string?>> work, CancellationToken cancellationToken) => patience.AskAsync(
        async token =>
        {
            var visit = await visits.NowAsync(token);
            await gate.CheckAsync(visit, new Act(action, what), token);
            return await visits.IsProvenAsync(proof, action, what, visit.Asker, token) ? await work(visit.Asker, token) : NotProven;
        },
        cancellationToken);

    private Task<T> OwnActAsync<T>(Func<LiveSession, Asker, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => patience.AskAsync(
        async token => await visits.LiveAsync(token) is { } live
            ? await work(live, (await visits.NowAsync(token)).Asker, token)
            : throw new AccessRefusedException("Your sign-in is over. Sign in again."),
        cancellationToken);
}
