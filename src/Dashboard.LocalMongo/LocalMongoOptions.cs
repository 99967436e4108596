namespace Dashboard.LocalMongo;

/// <summary>What a caller wants from its MongoDB; only <see cref="DataDirectory"/> must be said.</summary>
public sealed record LocalMongoOptions
{
    /// <summary>A connection string that the user gave (MONGODB_URI). Set and not empty, it is the answer, and nothing is started.</summary>
    public string? GivenUri { get; init; }

    /// <summary>Holds the data, the chosen port and the lock. Processes that name the same directory share one server.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The port on 127.0.0.1; 0 takes the one used before, or a free one the first time.</summary>
    public int Port { get; init; }

    /// <summary>False lets the last moments of acknowledged writes be lost at a crash, for the speed of tests; never damages data.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Where the unpacked engine is kept for all clones; null is <c>.cache</c> in the home directory (pass XDG_CACHE_HOME where it is set).</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>False skips a <c>mongod</c> on the PATH.</summary>
    public bool UseMongodOnPath { get; init; } = true;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
