using Dashboard.Components.Shared;
using Dashboard.Operations.Deployments;

namespace Dashboard.Components.Pages;

/// <summary>What runs where, every release that led there, and the ways forward and back.</summary>
public sealed partial class Deployments(IDesk desk, TimeProvider time) : EnvironmentsPage<IReadOnlyList<DeploymentSection>>(desk, time)
{
    protected override TimeSpan Refresh => TimeSpan.FromSeconds(5);

    protected override async Task<IReadOnlyList<DeploymentSection>?> ReadAsync(CancellationToken cancellationToken) => await Desk.DeploymentsAsync(cancellationToken);
}
