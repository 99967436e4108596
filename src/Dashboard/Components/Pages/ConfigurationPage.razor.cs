using Dashboard.Components.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Configuration.Report;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>The runbook's monthly configuration audit, for administrators.</summary>
public sealed partial class ConfigurationPage(IAccessDesk desk, TimeProvider time) : ReadingPage<ConfigurationReport>(time)
{
    [SupplyParameterFromQuery]
    private string? Show { get; set; }

    /// <summary>Each look is in the audit trail, so it is not looked at again by itself.</summary>
    protected override TimeSpan Refresh => TimeSpan.FromHours(12);

    // Not for the copy that is sent before the page is live: one look is one entry.
    protected override async Task<ConfigurationReport?> ReadAsync(CancellationToken cancellationToken) =>
        RendererInfo.IsInteractive ? await desk.ConfigurationAsync(cancellationToken) : null;

    private IEnumerable<IGrouping<string, ComparedKey>> Compared(ConfigurationReport report) =>
        report.Compared.Where(key => Show switch { "different" => !key.IsSame, "ignored" => key.IsIgnored, _ => true }).GroupBy(key => key.File, StringComparer.Ordinal);

    private IEnumerable<IGrouping<string, SharedKey>> Shared(ConfigurationReport report) =>
        report.Shared.Where(key => Show switch { "different" => false, "ignored" => key.IsIgnored, _ => true }).GroupBy(key => key.File, StringComparer.Ordinal);
}
