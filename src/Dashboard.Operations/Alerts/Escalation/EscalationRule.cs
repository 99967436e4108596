using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Alerts.Escalation;

/// <summary>Who else is told of an alert that nobody has taken care of for a while.</summary>
/// <param name="Text">The condition as the file has it and the time, by which an alert knows the rule again.</param>
/// <param name="Channels">Kinds of channels.</param>
public sealed record EscalationRule(string Text, EscalationCondition Condition, TimeSpan After, IReadOnlyList<string> Channels)
{
    /// <summary>Of conditions that were checked when the configuration was read.</summary>
    public static IReadOnlyList<EscalationRule> Of(IEnumerable<EscalationSettings> settings) =>
        [.. settings.Select(rule => new EscalationRule($"{rule.Condition} for {RuleText.Span(rule.After)}", EscalationCondition.Parse(rule.Condition), rule.After, rule.Channels))];

    /// <summary>Adds what is wrong with the condition or the channels, and its key.</summary>
    internal static void Check(EscalationSettings rule, List<string> errors)
    {
        try
        {
            EscalationCondition.Parse(rule.Condition);
        }
        catch (ConditionException exception)
        {
            errors.Add($"{rule.At}.condition: '{rule.Condition}' is wrong {exception.Message}.");
        }

        foreach (var kind in rule.Channels.Where(kind => !ChannelCatalog.Kinds.Contains(kind, StringComparer.Ordinal)))
            errors.Add($"{rule.At}.channels: '{kind}' is no kind of channel; there are {string.Join(", ", ChannelCatalog.Kinds)}.");
    }
}
