namespace Dashboard.Operations.StatusPage;

/// <summary>Who writes to a place now; of all dashboards on one database one does.</summary>
internal sealed record ExportClaim
{
    /// <summary>The place, as it describes itself.</summary>
    public required string Id { get; init; }

    /// <summary>By the database's clock.</summary>
    public required DateTimeOffset ClaimedUntil { get; init; }

    public required string Claim { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
