using Dashboard.Access;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Dashboard.Components.Layout;

/// <summary>Where one can go; what only administrators are shown is not offered to others.</summary>
public sealed partial class NavLinks
{
    private bool _isAdministrator;

    [CascadingParameter]
    private Task<AuthenticationState>? Signed { get; set; }

    protected override async Task OnParametersSetAsync() =>
        _isAdministrator = Signed is not null && CallerClaims.CallerOf((await Signed).User)?.Role == Role.Administrator;
}
