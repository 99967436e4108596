using Dashboard.Components.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Configuration.Report;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>The runbook's monthly configuration audit, for administrators.</summary>
public sealed partial class ConfigurationPage(IAccessDesk desk, TimeProvider time) : ReadingPage<ConfigurationReport>(time)
{
    private static readonly IReadOnlyList<string> OneValue = ["Value"];

    [SupplyParameterFromQuery]
    private string? Show { get; set; }

    /// <summary>Each look is in the audit trail, so it is not looked at again by itself.</summary>
    protected override TimeSpan Refresh => TimeSpan.FromHours(12);

    // Not for the copy that is sent before the page is live: one look is one entry.
    protected override async Task<ConfigurationReport?> ReadAsync(CancellationToken cancellationToken) =>
        RendererInfo.IsInteractive ? await desk.ConfigurationAsync(cancellationToken) : null;

    private IEnumerable<(string Name, IReadOnlyList<string> Columns, IReadOnlyList<ComparedKey> Keys)> Tables(ConfigurationReport report) =>
        report.Compared.Select(key => (Columns: report.Environments, Key: key))
            .Concat(report.Shared.Select(key => (Columns: OneValue, Key: new ComparedKey(key.File, key.Key, [key.Value], key.Note, key.IsIgnored))))
            .Where(row => Show switch { "different" => !row.Key.IsSame, "ignored" => row.Key.IsIgnored, _ => true })
            .GroupBy(row => row.Key.File, StringComparer.Ordinal)
            .Select(file => (file.Key, file.First().Columns, (IReadOnlyList<ComparedKey>)[.. file.Select(row => row.Key)]));
}
