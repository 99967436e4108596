using Dashboard.Operations.Running;

namespace Dashboard.Components.Plans;

/// <summary>One promise that one plan makes and another does not.</summary>
internal sealed record PlanChange(bool IsNew, string Text);

/// <summary>What is different between the plan that somebody has read and the one that holds now.</summary>
internal static class PlanChanges
{
    /// <summary>Of what is part of the hash; none when only the order of the steps is another.</summary>
    public static IReadOnlyList<PlanChange> Between(Plan earlier, Plan now)
    {
        var (before, after) = (PromisesOf(earlier).ToList(), PromisesOf(now).ToList());
        return
        [
            .. before.Except(after, StringComparer.Ordinal).Select(text => new PlanChange(IsNew: false, text)),
            .. after.Except(before, StringComparer.Ordinal).Select(text => new PlanChange(IsNew: true, text)),
        ];
    }

    private static IEnumerable<string> PromisesOf(Plan plan) =>
    [
        $"It changes {plan.Target}.",
        .. plan.Verdict is null ? Array.Empty<string>() : [plan.Verdict],
        .. plan.Steps.Select(step => $"Step: {step.What}"),
        .. plan.Checks.Select(check => $"{check.Name}: {WordOf(check.Verdict)}"),
        .. plan.NotUndone.Select(text => $"Not undone: {text}"),
        $"How to get back: {plan.Undo}",
    ];

    private static string WordOf(PlanVerdict verdict) => verdict switch
    {
        PlanVerdict.Passed => "passed",
        PlanVerdict.Warning => "a warning",
        _ => "forbids it",
    };
}
