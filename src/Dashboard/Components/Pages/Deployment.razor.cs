using Dashboard.Components.Shared;
using Dashboard.Operations.Deployments;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>One release: its phases with their durations, who wanted it and why, and what is different from the one before.</summary>
public sealed partial class Deployment(IDesk desk, TimeProvider time) : ReadingPage<ReleaseDetail>(time)
{
    [Parameter]
    public required string Id { get; set; }

    protected override object Subject => Id;

    protected override TimeSpan Refresh => TimeSpan.FromSeconds(2);

    protected override bool IsOver => Shown.Value is { Release.State: not ReleaseState.Unfinished };

    protected override Task<ReleaseDetail?> ReadAsync(CancellationToken cancellationToken) => desk.FindReleaseAsync(Id, cancellationToken);
}
