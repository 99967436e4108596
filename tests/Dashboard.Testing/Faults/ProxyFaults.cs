namespace Dashboard.Testing.Faults;

/// <summary>What goes wrong between client and server; nothing by default. The first eight are Toxiproxy's.</summary>
public sealed record ProxyFaults
{
    public static readonly ProxyFaults None = new();

    /// <summary>Every piece of data arrives this much later, in both directions.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The latency varies by up to this much either way.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>New connections are refused, those that are open are reset.</summary>
    public bool Down { get; init; }

    /// <summary>Bytes a second in each direction of each connection.</summary>
    public long? Bandwidth { get; init; }

    /// <summary>The end of a connection is passed on this much later.</summary>
    public TimeSpan SlowClose { get; init; }

    /// <summary>Connections are taken and nothing ever comes back; when this is switched off they are reset.</summary>
    public bool Timeout { get; init; }

    /// <summary>Connections are reset as soon as the client says something: before the server has heard it.</summary>
    public bool ResetPeer { get; init; }

    /// <summary>Data arrives in pieces of this many bytes.</summary>
    public int? Slice { get; init; }

    /// <summary>Pause between slices.</summary>
    public TimeSpan SlicePause { get; init; }

    /// <summary>A connection is closed when it has carried this many bytes to the client.</summary>
    public long? LimitData { get; init; }

    /// <summary>
    /// A connection over which a request with this text went is reset instead of being given the answer: the server has acted, the client cannot know.
    /// Empty text means every request.
    /// </summary>
    public string? ResetAfterRequest { get; init; }

    /// <summary>How many answers <see cref="ResetAfterRequest"/> loses; a driver that tries once more by itself needs two.</summary>
    public int ResetTimes { get; init; } = int.MaxValue;

    /// <summary>A server's answer about its volume says that nothing is free on it.</summary>
    public bool TellsFullVolume { get; init; }

    /// <summary>Answers wait until this is switched off, and then still come: a client that gave up meanwhile is gone.</summary>
    public bool HoldAnswers { get; init; }
}
