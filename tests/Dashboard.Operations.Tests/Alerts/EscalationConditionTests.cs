using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Escalation;

namespace Dashboard.Operations.Tests.Alerts;

public sealed class EscalationConditionTests
{
    [Theory]
    [InlineData("severity=critical AND environment=production", true)]
    [InlineData("consecutiveFailures>=5", true)]
    [InlineData("consecutiveFailures>5", false)]
    [InlineData("severity >= error", true)]
    [InlineData("severity<critical", false)]
    [InlineData("severity != CRITICAL", false)]
    [InlineData("environment=staging or rule=multiple-failures", true)]
    [InlineData("environment=staging OR rule=multiple-failures AND occurrences<2", false)]
    [InlineData("(environment=production OR rule=slow-migration) AND occurrences<=3", true)]
    [InlineData("environment!=staging", true)]
    [InlineData("((occurrences=3))", true)]
    [InlineData("  occurrences  >  2  ", true)]
    public void Is_true_of_an_alert_or_not(string condition, bool expected)
    {
        var alert = new Alert
        {
            Id = "alert-1",
            Key = "production/multiple-failures",
            Environment = "production",
            Rule = "multiple-failures",
            Severity = AlertSeverity.Critical,
            Title = "t",
            Message = "m",
            RaisedAt = DateTimeOffset.UnixEpoch,
            SeenAt = DateTimeOffset.UnixEpoch,
            Times = 3,
            ConsecutiveFailures = 5,
        };

        Assert.Equal(expected, EscalationCondition.Parse(condition).IsTrueOf(alert));
    }

    [Theory]
    [InlineData("", "at character 1: a field is missing; there are severity, environment, rule, consecutiveFailures, occurrences")]
    [InlineData("mood=bad", "at character 1: there is no field 'mood'; there are severity, environment, rule, consecutiveFailures, occurrences")]
    [InlineData("severity=awful", "at character 10: 'awful' is no severity; there are info, warning, error, critical")]
    [InlineData("severity~critical", "at character 9: one of = != >= > <= < is expected here")]
    [InlineData("environment>production", "at character 12: environment can only be = or !=")]
    [InlineData("consecutiveFailures>=many", "at character 22: 'many' is not a whole number")]
    [InlineData("consecutiveFailures>=99999999999", "at character 22: '99999999999' is not a whole number")]
    [InlineData("severity=", "at character 10: a value is missing")]
    [InlineData("severity=error environment=staging", "at character 16: AND, OR or the end is expected here")]
    [InlineData("(severity=error", "at character 16: a ')' is missing")]
    [InlineData("severity=error)", "at character 15: AND, OR or the end is expected here")]
    [InlineData("severity=error AND", "at character 19: a field is missing; there are severity, environment, rule, consecutiveFailures, occurrences")]
    [InlineData("((((((((((((((((((((((severity=error", "at character 22: there are too many parentheses")]
    public void Says_what_is_wrong_and_where(string condition, string message)
    {
        Assert.Equal(message, Assert.Throws<ConditionException>(() => EscalationCondition.Parse(condition)).Message);
    }
}
