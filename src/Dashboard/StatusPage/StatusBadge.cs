using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;

namespace Dashboard.StatusPage;

/// <summary>How one component stands, as a small picture and as shields.io reads it.</summary>
internal static class StatusBadge
{
    /// <summary>Of a letter, on average: the picture says its own width, so that nothing is cut.</summary>
    private const double Letter = 6.8;

    public static byte[] Svg(StatusComponent component)
    {
        var (label, message, colour) = Told(component);
        var (left, right) = (Width(label), Width(message));
        var text = WebUtility.HtmlEncode($"{label}: {message}");
        return Encoding.UTF8.GetBytes(FormattableString.Invariant($"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{text}"><title>{text}</title><rect width="{left + right}" height="20" rx="3" fill="#3b4252"/><path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{right - 3}z" fill="{colour}"/><g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"><text x="{left / 2.0}" y="14">{WebUtility.HtmlEncode(label)}</text><text x="{left + (right / 2.0)}" y="14">{WebUtility.HtmlEncode(message)}</text></g></svg>
            """));
    }

    public static byte[] Shields(StatusComponent component)
    {
        var (label, message, colour) = Told(component);
        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 1,
            ["label"] = label,
            ["message"] = message,
            ["color"] = colour,
            ["isError"] = component.State is ComponentState.MajorOutage or ComponentState.PartialOutage,
            ["cacheSeconds"] = 300,
        }.ToJsonString());
    }

    private static (string Label, string Message, string Colour) Told(StatusComponent component) => (
        $"{component.Environment} {component.Name.ToLowerInvariant()}",
        component.IsKnown || component.State != ComponentState.Operational ? StatusWords.TitleOf(component.State).ToLowerInvariant() : "not measured",
        component switch
        {
            { State: ComponentState.Operational, IsKnown: false } => "#5b6472",
            { State: ComponentState.Operational } => "#1a7f4b",
            { State: ComponentState.UnderMaintenance } => "#2563b0",
            { State: ComponentState.DegradedPerformance } => "#8a6100",
            { State: ComponentState.PartialOutage } => "#b34700",
            _ => "#b3261e",
        });

    private static int Width(string text) => (int)Math.Ceiling(text.Length * Letter) + 14;
}
