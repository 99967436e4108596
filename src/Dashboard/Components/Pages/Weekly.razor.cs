using Dashboard.Components.Shared;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Weekly;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>A week as the runbook reviews it on Mondays: figures against targets, what was raised, what comes back, and the CSV one click away.</summary>
public sealed partial class Weekly(IDesk desk, TimeProvider time) : EnvironmentsPage<WeeklyReview>(desk, time)
{
    private (IsoWeek? Week, string? Environment) _loaded;

    /// <summary>As in <c>2026-W48</c>; without it, the last week that is over.</summary>
    [Parameter]
    public string? WeekName { get; set; }

    protected override TimeSpan Refresh => TimeSpan.FromMinutes(1);

    private bool IsUnknown => !string.IsNullOrEmpty(Environment) && Desk.Environments.All(choice => choice.Name != Environment);

    private IsoWeek? Week => WeekName is null ? IsoWeek.Of(Now).Previous : IsoWeek.TryParse(WeekName);

    protected override async Task<WeeklyReview?> ReadAsync(CancellationToken cancellationToken) =>
        await Desk.WeekAsync(Week ?? IsoWeek.Of(Now).Previous, Environment is { Length: > 0 } chosen ? chosen : null, cancellationToken);

    // Another week is another address of the same page: what it loads depends on its parameters, not on its first sight.
    protected override Task OnInitializedAsync() => Task.CompletedTask;

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == (Week, Environment) || Week is null || IsUnknown)
            return;
        _loaded = (Week, Environment);
        await LoadAsync();
    }
}
