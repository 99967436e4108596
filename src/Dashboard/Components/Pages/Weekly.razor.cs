using Dashboard.Components.Shared;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Weekly;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>A week as the runbook reviews it on Mondays: figures against targets, what was raised, what comes back, and the CSV one click away.</summary>
public sealed partial class Weekly(IDesk desk, TimeProvider time) : EnvironmentsPage<WeeklyReview>(desk, time)
{
    /// <summary>As in <c>2026-W48</c>; without it, the last week that is over.</summary>
    [Parameter]
    public string? WeekName { get; set; }

    protected override TimeSpan Refresh => TimeSpan.FromMinutes(1);

    protected override object Subject => (Week, Environment);

    private bool IsUnknown => !string.IsNullOrEmpty(Environment) && Desk.Environments.All(choice => choice.Name != Environment);

    private IsoWeek? Week => WeekName is null ? IsoWeek.Of(Now).Previous : IsoWeek.TryParse(WeekName);

    protected override async Task<WeeklyReview?> ReadAsync(CancellationToken cancellationToken) =>
        Week is not { } week || IsUnknown ? null : await Desk.WeekAsync(week, Environment is { Length: > 0 } chosen ? chosen : null, cancellationToken);
}
