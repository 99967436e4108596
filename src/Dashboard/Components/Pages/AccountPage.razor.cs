using Dashboard.Components.Access;
using Dashboard.Components.Shared;

namespace Dashboard.Components.Pages;

/// <summary>Somebody's own account: his password, his second factor, and where he is signed in.</summary>
public sealed partial class AccountPage(IAccessDesk desk, TimeProvider time) : ReadingPage<OwnAccount>(time)
{
    protected override TimeSpan Refresh => TimeSpan.FromMinutes(1);

    protected override Task<OwnAccount?> ReadAsync(CancellationToken cancellationToken) => desk.OwnAsync(cancellationToken);
}
