namespace Dashboard.Operations.Health;

/// <summary>What the database of an environment's application told the dashboard itself, the newest alone. A list that is null is not offered by this engine.</summary>
public sealed record DatabaseFacts
{
    /// <summary>The environment.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required double PingMilliseconds { get; init; }

    /// <summary>Of the estimated count of the collection users.</summary>
    public required double QueryMilliseconds { get; init; }

    public ConnectionUse? Connections { get; init; }

    /// <summary>profiler or currentOp; null when the engine has neither.</summary>
    public string? SlowQuerySource { get; init; }

    /// <summary>The costliest first; shapes without values.</summary>
    public IReadOnlyList<string>? SlowQueries { get; init; }

    /// <summary>The least used first, since the server started.</summary>
    public IReadOnlyList<IndexUse>? Indexes { get; init; }

    public int SchemaVersion { get; init; } = 1;
}

/// <summary>The server's connections, of every client together.</summary>
/// <param name="InUse">Those that work on something now; null where the engine does not tell them apart.</param>
/// <param name="Limit">How many there may be.</param>
public sealed record ConnectionUse(long Open, long? InUse, long Limit);

/// <param name="Index">As collection.name.</param>
public sealed record IndexUse(string Index, long Uses);
