using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>What a person should know now, who was told of it, what was before, and by which rules and channels.</summary>
public sealed partial class Alerts(IDesk desk, NavigationManager navigation, TimeProvider time) : ReadingPage<AlertPage>(time)
{
    private const int LastPage = 1_000_000;

    protected override TimeSpan Refresh => TimeSpan.FromSeconds(5);

    [SupplyParameterFromQuery]
    private string? Environment { get; set; }

    [SupplyParameterFromQuery]
    private int? Page { get; set; }

    [SupplyParameterFromQuery]
    private int? Open { get; set; }

    private string? Chosen => string.IsNullOrWhiteSpace(Environment) ? null : Environment;

    private int Number => Math.Clamp(Page ?? 1, 1, LastPage);

    private int OpenNumber => Math.Clamp(Open ?? 1, 1, LastPage);

    protected override object Subject => (Chosen, OpenNumber, Number);

    protected override async Task<AlertPage?> ReadAsync(CancellationToken cancellationToken) => await desk.AlertsAsync(Chosen, OpenNumber, Number, cancellationToken);

    private string Address(string list, int number) => navigation.GetUriWithQueryParameter(list, number == 1 ? null : (int?)number);
}
