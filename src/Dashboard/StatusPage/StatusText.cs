using System.Globalization;
using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;

namespace Dashboard.StatusPage;

/// <summary>How states and times read on the public page.</summary>
internal static class StatusText
{
    public static string ClassOf(ComponentState? state) => state switch
    {
        null => "n",
        ComponentState.Operational => "o",
        ComponentState.UnderMaintenance => "m",
        ComponentState.DegradedPerformance => "d",
        ComponentState.PartialOutage => "p",
        _ => "x",
    };

    /// <summary>Beside the word, so that colour is not alone.</summary>
    public static string SignOf(ComponentState state) => state switch
    {
        ComponentState.Operational => "✓",
        ComponentState.UnderMaintenance => "⚙",
        ComponentState.DegradedPerformance => "!",
        ComponentState.PartialOutage => "▲",
        _ => "✕",
    };

    public static string TitleOf(StatusComponent component) =>
        component is { IsKnown: false, State: ComponentState.Operational } ? "Not measured now" : StatusWords.TitleOf(component.State);

    public static string BarsTold(StatusComponent component, int days)
    {
        var troubled = component.Days.TakeLast(days).Count(day => day.State > ComponentState.UnderMaintenance);
        return string.Create(CultureInfo.InvariantCulture, $"The last {days} days: {Percent(component.Uptime)}, trouble on {troubled} {(troubled == 1 ? "day" : "days")}");
    }

    public static string Percent(double? share) =>
        share is { } known ? $"{Formats.Percent(known)} up" : "not measured";

    public static string Countdown(StatusMaintenance window, DateTimeOffset now) => window.Phase switch
    {
        MaintenancePhase.Cancelled => "Cancelled",
        MaintenancePhase.InProgress => window.End > now ? $"Under way, {Span(window.End - now)} left" : "Under way, longer than planned",
        _ => window.Start > now ? $"Begins in {Span(window.Start - now)}" : "Begins at any moment",
    };

    /// <summary>For what is read later than it was written.</summary>
    public static string Standing(StatusMaintenance window) => window.Phase switch
    {
        MaintenancePhase.Cancelled => "Cancelled",
        MaintenancePhase.InProgress => "Under way",
        _ => "Planned",
    };

    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => "less than a minute",
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} days {span.Hours} h"),
    };

    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
}
