using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Tests.Configuration;

/// <summary>The repository's own <c>config/monitoring.json</c> is the valid baseline; each test changes something in a copy of it.</summary>
public sealed class MonitoringSettingsTests : ConfigCopy
{

    [Fact]
    public void Reads_the_repositorys_own_file()
    {
        var settings = Load();

        var monitoring = settings.Monitoring;
        Assert.Equal(new AlertThresholds(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2), 0.01, 2), monitoring.Of("production").Thresholds);
        Assert.Empty(monitoring.Of("staging").Channels);
        Assert.Equal((90d, 30d, 24d), (monitoring.KeepMetrics.TotalDays, monitoring.KeepAlerts.TotalDays, monitoring.AutoResolveAfter?.TotalHours));
        Assert.Equal([1, 24, 168, 720], monitoring.Windows.Select(window => (int)window.TotalHours));
        Assert.Equal([("severity=critical AND environment=production", 15d), ("consecutiveFailures>=5", 5d)], monitoring.Escalations.Select(rule => (rule.Condition, rule.After.TotalMinutes)));
        Assert.Equal([ChartType.Line, ChartType.Bar, ChartType.Gauge], monitoring.Charts.Charts.Select(chart => chart.Type));
        Assert.Equal(new GaugeThresholds(0.95, 0.8, 0.5), monitoring.Charts.Charts[2].Thresholds);
        Assert.Equal(Enum.GetValues<ChartMetric>(), monitoring.Charts.Metrics);
        Assert.Equal((30d, 60d, 120d), (settings.HealthChecks.Interval.TotalSeconds, settings.HealthChecks.MigrationInterval.TotalSeconds, settings.HealthChecks.DatabaseInterval.TotalSeconds));
        Assert.Equal("production", settings.DefaultEnvironment);
    }

    [Theory]
    [InlineData("dashboards.metrics.0", "\"speed\"", "config/monitoring.json: dashboards.metrics[0]: there is no metric 'speed'; there are deployment_success_rate, deployment_duration, migration_duration, error_rate, alert_count, health_check_status.")]
    [InlineData("dashboards.charts.1.metric", "\"speed\"", "config/monitoring.json: dashboards.charts[1].metric: there is no metric 'speed'; there are deployment_success_rate, deployment_duration, migration_duration, error_rate, alert_count, health_check_status.")]
    [InlineData("dashboards.charts.0.timeRange", "\"soon\"", "config/monitoring.json: dashboards.charts[0].timeRange: 'soon' is not a time such as 24h or 7d, of a century at most.")]
    [InlineData("dashboards.charts.0.timeRange", "\"99999d\"", "config/monitoring.json: dashboards.charts[0].timeRange: '99999d' is not a time such as 24h or 7d, of a century at most.")]
    [InlineData("metrics.aggregation.intervals.0", "\"0h\"", "config/monitoring.json: metrics.aggregation.intervals: '0h' is not a time such as 24h or 7d, of a century at most.")]
    [InlineData("metrics.retention.days", "40000", "config/monitoring.json: metrics.retention.days: 40000 days is more than a century; write 36500 at most.")]
    [InlineData("environments.moon", """{ "enabled": true, "thresholds": {} }""", "config/monitoring.json: environments.moon: there is no environment 'moon'; config/dashboard.json has staging, production.")]
    public void Says_which_key_is_wrong(string key, string value, string error)
    {
        Change("monitoring.json", key, value);

        Assert.Equal([error], Errors());
    }

    [Fact]
    public void A_repository_for_issues_needs_its_token()
    {
        Change("dashboard.json", "github", """{ "repository": "team/tracker" }""");
        Assert.Equal(
            ["config/dashboard.json: github.tokenVariable: the variable GITHUB_TOKEN is not set; set it to a token that may write issues of team/tracker, or remove the section."], Errors());

        Variables["GITHUB_TOKEN"] = "ghp_of-the-tests";
        var settings = Load().GitHub;

        Assert.Equal(("team/tracker", "ghp_of-the-tests", true), (settings.Repository, settings.Token, settings.IsConfigured));
        Assert.DoesNotContain("ghp_", settings.ToString(), StringComparison.Ordinal);

        Variables["GITHUB_TOKEN"] = "ghp_of-the-tests\n";
        Assert.Equal(["config/dashboard.json: github.tokenVariable: the variable GITHUB_TOKEN holds a blank or another sign that no token has; set it anew."], Errors());
    }
}
