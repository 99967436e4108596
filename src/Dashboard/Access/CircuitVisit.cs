using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components.Authorization;

namespace Dashboard.Access;

/// <summary>Who acts in an open page, looked up at the moment at which he acts. An act keeps his session alive; what the page shows by itself does not.</summary>
public sealed class CircuitVisit(AuthenticationStateProvider states, Sessions sessions, ActionProofs proofs, TimeProvider time)
{
    public async Task<Visit> NowAsync(CancellationToken cancellationToken) =>
        new((await SessionIdAsync() is { } id ? await sessions.UseAsync(id, cancellationToken) : null)?.Caller, Door.Button, CallerClaims.FromOf((await states.GetAuthenticationStateAsync()).User), Guid.NewGuid().ToString("N"));

    /// <summary>Who looks, as he opened the page: nothing is asked for it, and it keeps nothing alive.</summary>
    public async Task<Visit> LookingAsync()
    {
        var user = (await states.GetAuthenticationStateAsync()).User;
        return new Visit(CallerClaims.CallerOf(user), Door.Button, CallerClaims.FromOf(user));
    }

    /// <summary>His session with his account; null when it is over.</summary>
    public async Task<LiveSession?> LiveAsync(CancellationToken cancellationToken) =>
        await SessionIdAsync() is { } id ? await sessions.LookAsync(id, cancellationToken) : null;

    /// <summary>How he would prove again who he is.</summary>
    public async Task<ProofNeed> ProofNeedAsync(CancellationToken cancellationToken) => await LiveAsync(cancellationToken) switch
    {
        null => ProofNeed.SignInAgain,
        { Account: { PasswordHash: not null, HasSecondFactor: true } } => ProofNeed.PasswordAndCode,
        { Account.PasswordHash: not null } => ProofNeed.Password,
        { Account.IsLocal: true } => ProofNeed.None,
        var live => time.GetUtcNow() - live.Session.StartedAt <= ActionProofs.GoodFor ? ProofNeed.None : ProofNeed.SignInAgain,
    };

    /// <summary>Whether he has proven it for this alone; what he gave is used up.</summary>
    public async Task<bool> IsProvenAsync(Proof? given, string action, string what, Asker asker, CancellationToken cancellationToken)
    {
        var purpose = ActionProofs.PurposeOf(action, environment: null, what);
        return await ProveAsync(given, purpose, asker, cancellationToken) is { } text
            && await LiveAsync(cancellationToken) is { } live
            && await proofs.HoldsAsync(text, live.Account.Id, purpose, cancellationToken);
    }

    /// <summary>The text of the proof; null when what he gave is wrong, or nothing was given that was needed.</summary>
    public async Task<string?> ProveAsync(Proof? given, string purpose, Asker asker, CancellationToken cancellationToken)
    {
        if (await LiveAsync(cancellationToken) is not { } live)
            return null;
        if (live.Account.PasswordHash is null)
            return await proofs.ProveAsync(live, purpose, cancellationToken);
        return given is null ? null : await proofs.ProveAsync(live.Account, given.Password, given.Code, purpose, asker, cancellationToken);
    }

    private async Task<string?> SessionIdAsync() => CallerClaims.CallerOf((await states.GetAuthenticationStateAsync()).User)?.SessionId;
}
