using System.Globalization;

namespace Dashboard.Operations.Alerts.Escalation;

/// <summary>A condition of <c>alerts.escalation.rules</c> that can be asked of an alert.</summary>
public abstract record EscalationCondition
{
    private EscalationCondition()
    {
    }

    public abstract bool IsTrueOf(Alert alert);

    /// <exception cref="ConditionException">With what is wrong and where.</exception>
    public static EscalationCondition Parse(string text) => new ConditionParser(text).Parse();

    /// <summary>AND, OR.</summary>
    internal sealed record Both(EscalationCondition Left, EscalationCondition Right) : EscalationCondition
    {
        public override bool IsTrueOf(Alert alert) => Left.IsTrueOf(alert) && Right.IsTrueOf(alert);
    }

    internal sealed record Either(EscalationCondition Left, EscalationCondition Right) : EscalationCondition
    {
        public override bool IsTrueOf(Alert alert) => Left.IsTrueOf(alert) || Right.IsTrueOf(alert);
    }

    /// <summary>environment, rule: equal or not.</summary>
    internal sealed record Word(ConditionField Field, ConditionComparison Comparison, string Value) : EscalationCondition
    {
        public override bool IsTrueOf(Alert alert)
        {
            var isEqual = string.Equals(Field == ConditionField.Rule ? alert.Rule : alert.Environment, Value, StringComparison.Ordinal);
            return Comparison == ConditionComparison.Equal ? isEqual : !isEqual;
        }
    }

    /// <summary>severity in its order; counts.</summary>
    internal sealed record Number(ConditionField Field, ConditionComparison Comparison, int Value) : EscalationCondition
    {
        public override bool IsTrueOf(Alert alert)
        {
            var order = Of(alert).CompareTo(Value);
            return Comparison switch
            {
                ConditionComparison.Equal => order == 0,
                ConditionComparison.NotEqual => order != 0,
                ConditionComparison.AtLeast => order >= 0,
                ConditionComparison.More => order > 0,
                ConditionComparison.AtMost => order <= 0,
                _ => order < 0,
            };
        }

        private int Of(Alert alert) => Field switch
        {
            ConditionField.Severity => (int)alert.Severity,
            ConditionField.ConsecutiveFailures => alert.ConsecutiveFailures,
            _ => alert.Times,
        };
    }
}

/// <summary>What a condition may ask; in the file in camelCase.</summary>
public enum ConditionField
{
    Severity,
    Environment,
    Rule,
    ConsecutiveFailures,
    Occurrences,
}

public enum ConditionComparison
{
    Equal,
    NotEqual,
    AtLeast,
    More,
    AtMost,
    Less,
}

/// <summary>A condition that cannot be read.</summary>
/// <param name="position">Of the character at which it is wrong, the first is 1.</param>
public sealed class ConditionException(string message, int position) : Exception(string.Create(CultureInfo.InvariantCulture, $"at character {position}: {message}"))
{
    public int Position { get; } = position;
}
