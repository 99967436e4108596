using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Dashboard.Operations.Running;

/// <summary>What the runner tells whoever measures from outside: a span and a duration for every run of this process.</summary>
public static class RunTelemetry
{
    /// <summary>Of the meter and of the source of spans.</summary>
    public const string Name = "Dashboard.Operations";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "dashboard.run.duration",
        unit: "s",
        description: "From the moment a run was claimed until its outcome was stored.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 1800, 3600] });

    private static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>("dashboard.run.active", description: "Runs that this process works on now.");

    internal static Activity? Begin(Run run)
    {
        Active.Add(1, TagsOf(run));
        var span = Source.StartActivity(run.Operation);
        span?.SetTag("run.id", run.Id).SetTag("environment", run.Environment).SetTag("door", run.Door);
        return span;
    }

    internal static void End(Run run, Activity? span, RunState state, TimeSpan took)
    {
        var tags = TagsOf(run);
        Active.Add(-1, tags);
        tags.Add("outcome", state.ToString().ToLowerInvariant());
        Duration.Record(took.TotalSeconds, tags);
        span?.SetStatus(state == RunState.Succeeded ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        span?.Dispose();
    }

    private static TagList TagsOf(Run run) => new() { { "operation", run.Operation }, { "environment", run.Environment } };
}
