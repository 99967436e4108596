using Dashboard.Components.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Audit;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>The trail, newest first, for administrators. Filter and page stand in the address.</summary>
public sealed partial class AuditPage(IAccessDesk desk, NavigationManager navigation, TimeProvider time) : ReadingPage<IReadOnlyList<AuditEntry>>(time)
{
    private const int AtOnce = 50;

    [SupplyParameterFromQuery]
    private string? Actor { get; set; }

    [SupplyParameterFromQuery]
    private string? Action { get; set; }

    [SupplyParameterFromQuery]
    private string? Outcome { get; set; }

    [SupplyParameterFromQuery]
    private long? Below { get; set; }

    /// <summary>Each look is in the trail itself, so it is not looked at again by itself.</summary>
    protected override TimeSpan Refresh => TimeSpan.FromHours(12);

    protected override object? Subject => (Actor, Action, Outcome, Below);

    private AuditOutcome? ChosenOutcome => Enum.TryParse<AuditOutcome>(Outcome, ignoreCase: true, out var outcome) && Enum.IsDefined(outcome) ? outcome : null;

    protected override async Task<IReadOnlyList<AuditEntry>?> ReadAsync(CancellationToken cancellationToken) => RendererInfo.IsInteractive // One look is one entry.
        ? await desk.AuditAsync(new AuditQuery(Given(Actor), Given(Action), Outcome: ChosenOutcome, Below: Below, Limit: AtOnce), cancellationToken)
        : null;

    private string Address(long? below) => navigation.GetUriWithQueryParameter("below", below);

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
