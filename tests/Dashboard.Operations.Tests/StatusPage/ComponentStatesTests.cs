using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;

namespace Dashboard.Operations.Tests.StatusPage;

public sealed class ComponentStatesTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(HealthState.Healthy, HealthState.Healthy, ComponentState.Operational)]
    [InlineData(HealthState.Degraded, HealthState.Healthy, ComponentState.DegradedPerformance)]
    [InlineData(HealthState.Healthy, HealthState.Down, ComponentState.PartialOutage)]
    [InlineData(HealthState.Down, HealthState.Unknown, ComponentState.MajorOutage)]
    public void What_is_measured_is_as_bad_as_the_share_that_is_down(HealthState first, HealthState second, ComponentState expected)
    {
        var report = Report(new("/api/health", first, 1, "secret"), new("/api/pages", second, 1, "secret"), new("/api/health/migrations", HealthState.Down, 1, "pending"));

        Assert.Equal(expected, ComponentStates.Measured(report, ComponentPart.Application));
        Assert.Null(ComponentStates.Measured(report, ComponentPart.Database));
    }

    [Fact]
    public void The_database_is_what_its_endpoint_and_the_ping_say()
    {
        var report = Report(new("/api/health", HealthState.Healthy, 1, string.Empty), new("/api/health/database", HealthState.Healthy, 1, string.Empty), new(HealthTargets.Ping, HealthState.Down, 1, string.Empty));

        Assert.Equal(ComponentState.PartialOutage, ComponentStates.Measured(report, ComponentPart.Database));
        Assert.Equal(ComponentState.Operational, ComponentStates.Measured(report, ComponentPart.Application));
    }

    [Theory]
    [InlineData(ComponentState.Operational, false, null, ComponentState.Operational)]
    [InlineData(null, false, null, ComponentState.Operational)]
    [InlineData(ComponentState.Operational, false, ComponentState.PartialOutage, ComponentState.PartialOutage)]
    [InlineData(ComponentState.MajorOutage, false, ComponentState.PartialOutage, ComponentState.MajorOutage)]
    [InlineData(ComponentState.MajorOutage, true, null, ComponentState.UnderMaintenance)]
    [InlineData(ComponentState.MajorOutage, true, ComponentState.Operational, ComponentState.UnderMaintenance)]
    [InlineData(ComponentState.Operational, true, ComponentState.MajorOutage, ComponentState.MajorOutage)]
    public void People_stand_above_maintenance_and_maintenance_above_what_is_measured(ComponentState? measured, bool inMaintenance, ComponentState? said, ComponentState expected)
    {
        IEnumerable<IncidentComponent> incidents = said is { } state ? [new("staging", ComponentPart.Application, state)] : [];

        Assert.Equal(expected, ComponentStates.Of(measured, inMaintenance, incidents));
    }

    [Fact]
    public void A_day_says_in_few_words_how_it_was()
    {
        Assert.Equal((null, "23 Nov: not measured"), StateAndText(new HealthSums()));
        Assert.Equal((ComponentState.Operational, "23 Nov: no trouble"), StateAndText(new HealthSums { Samples = 2880, Healthy = new(2880, 86_400) }));
        Assert.Equal((ComponentState.PartialOutage, "23 Nov: down 10 min, maintenance 2 h"), StateAndText(new HealthSums { Samples = 2880, Healthy = new(2000, 78_600), Down = new(20, 600), Maintenance = new(240, 7_200) }));
        Assert.Equal((ComponentState.MajorOutage, "23 Nov: down 23 h, degraded 30 s"), StateAndText(new HealthSums { Samples = 2880, Degraded = new(1, 30), Down = new(2800, 84_000) }));
        Assert.Equal((ComponentState.UnderMaintenance, "23 Nov: maintenance 24 h"), StateAndText(new HealthSums { Samples = 10, Maintenance = new(10, 86_400) }));
    }

    private static (ComponentState? State, string Text) StateAndText(HealthSums sums)
    {
        var day = ComponentStates.DayOf(new HealthBar(Day, Day.AddDays(1), sums));
        return (day.State, day.Told);
    }

    private static HealthReport Report(params HealthCheck[] checks) => new() { Environment = "staging", At = Day, Checks = checks };
}
