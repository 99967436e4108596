using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Dashboard.Components.Layout;

/// <summary>The frame of every page: app bar, navigation, the banner of bad days, and a boundary that keeps one page's error its own.</summary>
public sealed partial class MainLayout(NavigationManager navigation)
{
    private ErrorBoundary? _boundary;

    // An in-page link needs the page's own address, because the base address is the site's root.
    private string SkipTarget => $"{navigation.ToBaseRelativePath(navigation.Uri).Split('#')[0]}#content";

    public void Dispose() => navigation.LocationChanged -= OnLocationChanged;

    protected override void OnInitialized() => navigation.LocationChanged += OnLocationChanged;

    private void Recover() => _boundary?.Recover();

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e)
    {
        _boundary?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }
}
