namespace Dashboard.Operations.StatusPage;

/// <summary>One thing that the world was told on the page, in the words in which everybody is mailed it.</summary>
internal sealed record StatusNews
{
    /// <summary>The same whoever finds it.</summary>
    public required string Id { get; init; }

    public required string Subject { get; init; }

    public required string Text { get; init; }

    /// <summary>Below the public address, with its slash.</summary>
    public required string Path { get; init; }

    /// <summary>What it goes on from, so that mail programs show an incident as one thread.</summary>
    public required string Thread { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Whoever says yes later has read it on the page.</summary>
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>Everybody has his mail queued.</summary>
    public bool IsSpread { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
