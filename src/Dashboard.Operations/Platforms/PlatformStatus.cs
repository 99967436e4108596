using Dashboard.Operations.Running;

namespace Dashboard.Operations.Platforms;

/// <summary>What runs in an environment, as it was seen just now.</summary>
/// <param name="Release">The newest release as the platform counts it; null when there was none.</param>
/// <param name="Image">What most of the machines run; null without machines.</param>
/// <param name="Version">Of that image, as the application reports it or the image is named; null where nobody knows it.</param>
/// <param name="Machines">In the platform's order; those that are stopped too.</param>
public sealed record PlatformStatus(int? Release, string? Image, string? Version, IReadOnlyList<Machine> Machines)
{
    /// <summary>Machines that run something else than the others: a release stopped half-way.</summary>
    public bool IsMixed => Machines.Select(machine => machine.Image).Distinct(StringComparer.Ordinal).Skip(1).Any();

    /// <summary>For sentences about what ran before.</summary>
    public string Told => Version ?? (Image is null ? "nothing" : $"{Image} (version not known)");

    /// <summary>For lists of facts that name the image too.</summary>
    public string VersionTold => Version is null ? "version not known" : $"version {Version}";

    public bool IsStopped => Machines.Count == 0 || Machines.All(machine => machine.State == MachineState.Stopped);

    /// <summary>There are machines, and none of them runs.</summary>
    public bool HasOnlyStopped => Machines.Count > 0 && IsStopped;
}

/// <summary>One process of the application; <see cref="Note"/> says what a person should know about its state.</summary>
/// <param name="Address">Where it alone answers; null where the platform does not show it.</param>
/// <param name="Release">The platform's number of the release that it runs; null when unknown.</param>
public sealed record Machine(string Id, MachineState State, DateTimeOffset Since, string? Note, string Image, int? Release, Uri? Address = null);

public enum MachineState
{
    /// <summary>Not yet healthy for the first time since it was started.</summary>
    Starting,

    Healthy,

    /// <summary>It runs, and its own health check says no or nothing.</summary>
    Unhealthy,

    /// <summary>It does not run.</summary>
    Stopped,

    /// <summary>The platform cannot tell.</summary>
    Unknown,
}

/// <summary>A release as the platform remembers it.</summary>
/// <param name="Number">The platform's own count.</param>
/// <param name="Image">Null where the platform no longer says.</param>
public sealed record PlatformRelease(int Number, string? Image, PlatformReleaseState State, string? Author, DateTimeOffset At, string? Description = null);

public enum PlatformReleaseState
{
    /// <summary>Being made now, or its maker was killed: the platform cannot tell these apart.</summary>
    Unfinished,

    Complete,
    Failed,
    Interrupted,
}

public enum ImageState
{
    Available,
    Gone,

    /// <summary>The platform does not say before a release is made.</summary>
    Unknown,
}

/// <summary>One line of a machine's log.</summary>
/// <param name="Level">As far as it can be told: of the platform, or read from the line itself.</param>
public sealed record PlatformLine(DateTimeOffset At, string Machine, LineLevel Level, string Text);
