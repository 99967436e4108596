using Dashboard.Access;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components.Authorization;

namespace Dashboard.Components.Shared;

/// <summary>What a button says to whoever may not press it. It only spares him the click: what is done is asked where it is done.</summary>
internal static class Rights
{
    /// <summary>Null when he may, and where nobody is asked who he is.</summary>
    public static async Task<string?> WhyNotAsync(Task<AuthenticationState>? signed, Role needs)
    {
        if (signed is null)
            return null;
        var caller = CallerClaims.CallerOf((await signed).User);
        return caller?.Role >= needs ? null : $"It needs the role {needs.Word()}.";
    }
}
