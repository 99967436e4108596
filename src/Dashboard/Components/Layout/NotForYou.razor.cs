using Dashboard.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Dashboard.Components.Layout;

/// <summary>In place of a page that is not shown to whoever asks for it.</summary>
public sealed partial class NotForYou(NavigationManager navigation)
{
    private bool _isSignedIn;

    [CascadingParameter]
    private Task<AuthenticationState>? Signed { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        _isSignedIn = Signed is not null && CallerClaims.CallerOf((await Signed).User) is not null;
        if (!_isSignedIn)
            navigation.NavigateTo($"sign-in?{SignInPages.ReturnParameter}={Uri.EscapeDataString("/" + navigation.ToBaseRelativePath(navigation.Uri))}", forceLoad: true);
    }
}
