using Dashboard.Components.Approvals;
using Dashboard.Components.Shared;

namespace Dashboard.Components.Pages;

/// <summary>What waits for a second person, and what came of it.</summary>
public sealed partial class ApprovalsPage(IApprovalDesk desk, TimeProvider time) : ReadingPage<ApprovalView>(time)
{
    protected override TimeSpan Refresh => TimeSpan.FromSeconds(10);

    protected override async Task<ApprovalView?> ReadAsync(CancellationToken cancellationToken) => await desk.ReadAsync(cancellationToken);
}
