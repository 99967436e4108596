using Dashboard.Operations.Access;
using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Dashboard.Access;

/// <summary>
/// Whether the sign-in of an open page is still one. A circuit keeps whom it was opened by, and moving about in it brings no cookie, so it is asked every two
/// seconds; what somebody does there is asked at that moment, by <see cref="CircuitVisit"/>.
/// </summary>
internal sealed class CircuitSession(ILoggerFactory loggers, SessionRoll roll) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval { get; } = TimeSpan.FromSeconds(2);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        if (CallerClaims.CallerOf(authenticationState.User) is not { SessionId: { } id })
            return false;
        try
        {
            return await roll.FindAsync(id, cancellationToken) is not null;
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            // Nobody's rights can change while the place where they are kept is away.
            return true;
        }
    }
}
