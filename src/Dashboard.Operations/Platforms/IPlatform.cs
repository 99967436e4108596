namespace Dashboard.Operations.Platforms;

/// <summary>Where the application of each environment runs, and what can be done to it there.</summary>
public interface IPlatform
{
    /// <summary>What runs now, as last seen; never waits for a machine.</summary>
    /// <exception cref="ArgumentException">There is no such environment.</exception>
    Task<PlatformStatus> StatusAsync(string environment, CancellationToken cancellationToken);
}

/// <summary>What runs in an environment: the release as the platform counts it, the version as the application reports it.</summary>
public sealed record PlatformStatus(string Release, string Version, IReadOnlyList<Machine> Machines);

/// <summary>One process of the application; <see cref="Note"/> says what a person should know about its state.</summary>
public sealed record Machine(string Id, Uri Address, MachineState State, DateTimeOffset Since, string? Note);

public enum MachineState
{
    /// <summary>Not yet healthy for the first time since it was started.</summary>
    Starting,

    Healthy,

    /// <summary>It runs, and its own health check says no or nothing.</summary>
    Unhealthy,

    /// <summary>It does not run; the platform starts it again unless it is itself ending.</summary>
    Stopped,
}
