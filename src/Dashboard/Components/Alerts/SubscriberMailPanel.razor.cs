using Dashboard.Components.Shared;
using Dashboard.Operations.StatusPage;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Alerts;

/// <summary>Whether subscribers got their mails, for operators. Whoever may not see it, and a dashboard that mails nobody, has nothing there.</summary>
public sealed partial class SubscriberMailPanel(IDesk desk, NavigationManager navigation, TimeProvider time) : ReadingPage<StatusMailPage>(time)
{
    private const int LastPage = 100_000;

    protected override TimeSpan Refresh => TimeSpan.FromSeconds(10);

    [SupplyParameterFromQuery]
    private string? MailState { get; set; }

    [SupplyParameterFromQuery]
    private int? Mails { get; set; }

    private StatusMailState? Chosen => Enum.TryParse<StatusMailState>(MailState, ignoreCase: true, out var state) && Enum.IsDefined(state) ? state : null;

    private int Number => Math.Clamp(Mails ?? 1, 1, LastPage);

    protected override object Subject => (Chosen, Number);

    protected override Task<StatusMailPage?> ReadAsync(CancellationToken cancellationToken) => desk.SubscriberMailsAsync(Chosen, Number, cancellationToken);

    private string Address(StatusMailState? state, int number) => navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["mailstate"] = state?.ToString().ToLowerInvariant(),
        ["mails"] = number == 1 ? null : number,
    });
}
