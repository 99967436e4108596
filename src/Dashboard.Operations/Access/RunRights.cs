using Dashboard.Operations.Running;

namespace Dashboard.Operations.Access;

/// <summary>Asks once more, right before a run begins: between its queueing and now whoever asked for it may have lost his rights.</summary>
public sealed class RunRights(AccountBook accounts, ApiTokens tokens)
{
    /// <summary>Null when it may begin, else the sentence with which it ends.</summary>
    public async Task<string?> WhyNotAsync(Run run, Operation operation, CancellationToken cancellationToken)
    {
        var caller = run switch
        {
            { AccountId: { } id } => (await accounts.FindEnabledAsync(id, cancellationToken))?.Caller,
            { TokenId: { } id } => (await tokens.CurrentAsync(id, cancellationToken))?.Caller,
            _ => null,
        };
        return run is { AccountId: null, TokenId: null } || AccessRules.May(caller, operation, run.Environment, run.Door)
            ? null
            : $"{run.Actor} may not do this any more: the rights changed after it was queued. Nothing was done; somebody who may can queue it again.";
    }
}
