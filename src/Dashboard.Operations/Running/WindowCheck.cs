using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Running;

/// <summary>Whether an environment may be changed at this hour, as one line of a plan.</summary>
internal static class WindowCheck
{
    private const string Name = "Window and day";

    /// <param name="emergency">Somebody says that it cannot wait.</param>
    /// <param name="isAllowedInEmergency">Whether the environment lets anybody say so.</param>
    public static PlanCheck Of(MaintenanceRules rules, DateTimeOffset now, bool emergency, bool isAllowedInEmergency, string key) => (rules.WhyNot(now), emergency, isAllowedInEmergency) switch
    {
        (null, _, _) => new PlanCheck(Name, PlanVerdict.Passed, rules.Window is { } window ? $"Now is inside {window.Sentence}." : "This environment may be changed at any time."),
        ({ } why, true, true) => new PlanCheck(Name, PlanVerdict.Warning, $"An emergency: {why}."),
        ({ } why, true, false) => new PlanCheck(Name, PlanVerdict.Blocked, $"Now {why}, and {key} forbids emergencies here. Wait for the window."),
        ({ } why, false, true) => new PlanCheck(Name, PlanVerdict.Blocked, $"Now {why}. Wait for it, or say that it is an emergency."),
        ({ } why, false, false) => new PlanCheck(Name, PlanVerdict.Blocked, $"Now {why}. Wait for it."),
    };
}
