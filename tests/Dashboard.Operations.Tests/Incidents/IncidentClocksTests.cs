using Dashboard.Operations.Incidents;

namespace Dashboard.Operations.Tests.Incidents;

public sealed class IncidentClocksTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(IncidentKind.Deployment, 15)]
    [InlineData(IncidentKind.Migration, 20)]
    [InlineData(IncidentKind.Database, 30)]
    [InlineData(IncidentKind.Other, 30)]
    public void The_time_to_resolution_is_the_runbooks(IncidentKind kind, int minutes)
    {
        var clocks = IncidentClocks.Of(Incident() with { Kind = kind });

        Assert.Equal(["Escalation decision", "Resolution", "Root cause", "Runbook up to date"], clocks.Select(clock => clock.Title));
        Assert.Equal((Noon.AddMinutes(5), Noon.AddMinutes(minutes)), (clocks[0].Due, clocks[1].Due));
    }

    [Fact]
    public void A_clock_runs_is_overdue_one_moment_later_and_is_met_or_missed_when_done()
    {
        var decision = IncidentClocks.Of(Incident())[0];
        Assert.Equal(ClockState.Running, decision.StateAt(Noon.AddMinutes(5)));
        Assert.Equal(ClockState.Overdue, decision.StateAt(Noon.AddMinutes(5).AddTicks(1)));

        Assert.Equal(ClockState.Met, IncidentClocks.Of(Incident() with { DecidedAt = Noon.AddMinutes(5) })[0].StateAt(Noon.AddDays(1)));
        Assert.Equal(ClockState.Missed, IncidentClocks.Of(Incident() with { DecidedAt = Noon.AddMinutes(6) })[0].StateAt(Noon.AddDays(1)));
    }

    [Fact]
    public void What_follows_an_incident_is_due_from_its_end()
    {
        Assert.All(IncidentClocks.Of(Incident()).Skip(2), clock => Assert.Equal((null, ClockState.NotBegun), (clock.Due, clock.StateAt(Noon.AddDays(9)))));

        var over = IncidentClocks.Of(Incident() with { ResolvedAt = Noon.AddMinutes(40) });

        Assert.Equal([Noon.AddMinutes(40).AddHours(24), Noon.AddMinutes(40).AddHours(48)], over.Skip(2).Select(clock => clock.Due!.Value));
        Assert.Equal(ClockState.Overdue, over[2].StateAt(Noon.AddDays(2)));
    }

    [Fact]
    public void What_is_resolved_needs_no_decision_any_more()
    {
        var soon = IncidentClocks.Of(Incident() with { ResolvedAt = Noon.AddMinutes(3) });
        var late = IncidentClocks.Of(Incident() with { ResolvedAt = Noon.AddMinutes(9), DecidedAt = Noon.AddMinutes(4) });

        Assert.Equal([ClockState.Met, ClockState.Met], soon.Take(2).Select(clock => clock.StateAt(Noon.AddDays(1))));
        Assert.Equal(Noon.AddMinutes(4), late[0].DoneAt);
    }

    [Fact]
    public void Times_are_measured_from_the_beginning_of_the_trouble_and_never_negative()
    {
        var incident = Incident() with { BeganAt = Noon.AddMinutes(-10), DetectedAt = Noon.AddMinutes(-2), AcknowledgedAt = Noon.AddMinutes(1), ResolvedAt = Noon.AddMinutes(20) };

        Assert.Equal(new IncidentTimes(TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(30)), IncidentTimes.Of(incident));
        Assert.Equal(new IncidentTimes(TimeSpan.Zero, Respond: null, Restore: null), IncidentTimes.Of(Incident() with { DetectedAt = Noon.AddHours(-1) }));
    }

    private static Incident Incident() => new()
    {
        Id = IncidentId.New(),
        Title = "Title",
        Severity = IncidentSeverity.Major,
        Kind = IncidentKind.Deployment,
        BeganAt = Noon,
        DetectedAt = Noon,
        OpenedAt = Noon,
        OpenedBy = "Tess",
        ChangedAt = Noon,
    };
}
