namespace Dashboard.Operations.Databases;

/// <summary>A profiler that was switched on, written down before it was, so that it is switched off again whatever happens.</summary>
public sealed record Profiling
{
    /// <summary>The run's.</summary>
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Database { get; init; }

    public required ProfilerSetting Before { get; init; }

    public required ProfilerSetting Set { get; init; }

    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>Null until it was put back.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public int SchemaVersion { get; init; } = 1;
}

/// <param name="Level">0: nothing is profiled; 1: what is slow; 2: everything.</param>
/// <param name="SlowMilliseconds">Of the whole server, and also for its log.</param>
public sealed record ProfilerSetting(int Level, int SlowMilliseconds);
