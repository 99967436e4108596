namespace Dashboard.Operations.Metrics;

/// <summary>The names by which a report's figures are found.</summary>
public static class FigureNames
{
    public const string SuccessRate = "success-rate";
    public const string AverageTime = "average-deployment-time";
    public const string MedianTime = "median-deployment-time";
    public const string SlowTime = "p95-deployment-time";
    public const string MigrationTime = "average-migration-time";
    public const string ErrorRate = "error-rate";
    public const string Count = "deployment-count";
    public const string Alerts = "alerts-per-week";
    public const string Frequency = "deployment-frequency";
    public const string LeadTime = "lead-time-for-changes";
    public const string ChangeFailureRate = "change-failure-rate";
    public const string TimeToRestore = "failed-deployment-recovery-time";
}
