namespace Dashboard.Operations.Alerts;

/// <summary>Nobody is told of a rule's alerts in an environment for a while; they are raised and shown all the same.</summary>
public sealed record AlertSilence
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Rule { get; init; }

    public required string Reason { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset Until { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
