using Dashboard.Access;
using Dashboard.Operations.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Dashboard.Components.Layout;

/// <summary>Who is signed in, the way to his account, and the way out.</summary>
public sealed partial class WhoMenu
{
    [CascadingParameter]
    private Task<AuthenticationState>? Signed { get; set; }

    private Caller? Who { get; set; }

    protected override async Task OnParametersSetAsync() => Who = Signed is null ? null : CallerClaims.CallerOf((await Signed).User);
}
