using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>What is wrong now, a form to say that something is, and what was.</summary>
public sealed partial class Incidents(IDesk desk, NavigationManager navigation, TimeProvider time) : ReadingPage<IncidentPage>(time)
{
    private const int LastPage = 1_000_000;

    protected override TimeSpan Refresh => TimeSpan.FromSeconds(5);

    [SupplyParameterFromQuery]
    private int? Page { get; set; }

    protected override object Subject => Number;

    private int Number => Math.Clamp(Page ?? 1, 1, LastPage);

    protected override async Task<IncidentPage?> ReadAsync(CancellationToken cancellationToken) => await desk.IncidentsAsync(Number, cancellationToken);

    private string Address(int number) => navigation.GetUriWithQueryParameter("page", number == 1 ? null : (int?)number);
}
