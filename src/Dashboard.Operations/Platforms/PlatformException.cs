namespace Dashboard.Operations.Platforms;

/// <summary>An expected failure of a platform; its message is a sentence that an operator can act on and holds no secret.</summary>
public sealed class PlatformException(PlatformFailure kind, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public PlatformFailure Kind { get; } = kind;
}

public enum PlatformFailure
{
    /// <summary>Nobody answered; nothing is known about what was done.</summary>
    Unreachable,

    /// <summary>The time was over; nothing is known about what was done.</summary>
    TimedOut,

    Credentials,

    /// <summary>No application, machine or tool of this name.</summary>
    NotFound,

    /// <summary>Nothing was changed.</summary>
    ImageGone,

    /// <summary>Somebody else changes it now.</summary>
    Busy,

    /// <summary>The image's release command failed; no machine was changed, the database perhaps.</summary>
    ReleaseCommand,

    /// <summary>Machines run the image and do not become healthy; others may still run the one before.</summary>
    Unhealthy,

    /// <summary>It said that it was done, and looking again shows that it is not.</summary>
    NotDone,

    /// <summary>The platform refused the request as it was.</summary>
    Refused,
}
