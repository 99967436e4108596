using Dashboard.Components.Access;
using Dashboard.Components.Shared;

namespace Dashboard.Components.Pages;

/// <summary>Accounts and API tokens, for administrators.</summary>
public sealed partial class AccessPage(IAccessDesk desk, TimeProvider time) : ReadingPage<AccessView>(time)
{
    /// <summary>Each look is in the audit trail, so it is not looked at again by itself.</summary>
    protected override TimeSpan Refresh => TimeSpan.FromHours(12);

    // Not for the copy that is sent before the page is live: one look is one entry.
    protected override async Task<AccessView?> ReadAsync(CancellationToken cancellationToken) => RendererInfo.IsInteractive ? await desk.ReadAsync(cancellationToken) : null;
}
