using Dashboard.Components.Shared;
using Dashboard.Operations.Overview;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>One environment: how it is, what each check said, how it was for ninety days, and what runs.</summary>
public sealed partial class EnvironmentPage(IDesk desk, TimeProvider time) : ReadingPage<EnvironmentDetail>(time)
{
    [Parameter]
    public required string Name { get; set; }

    protected override object Subject => Name;

    protected override TimeSpan Refresh => TimeSpan.FromSeconds(10);

    protected override Task<EnvironmentDetail?> ReadAsync(CancellationToken cancellationToken) => desk.FindEnvironmentAsync(Name, cancellationToken);
}
