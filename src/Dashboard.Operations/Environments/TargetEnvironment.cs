using Dashboard.Operations.Configuration;
using MongoDB.Driver;

namespace Dashboard.Operations.Environments;

/// <summary>One environment as operations meet it: its address, its application database, its settings.</summary>
/// <param name="Address">Base of its pages and health endpoints.</param>
/// <param name="Database">The application's database; never the dashboard's own.</param>
public sealed record TargetEnvironment(string Name, string Title, Uri Address, IMongoDatabase Database, MigrationSettings Settings)
{
    /// <summary>The platform's name for it.</summary>
    public string App { get; init; } = Name;

    public MaintenanceSwitch MaintenanceSwitch { get; init; }

    /// <summary>For a child process that needs the database: by variable, never as an argument or in a log.</summary>
    public string? ConnectionString { get; init; }

    // The connection string must not reach a log by way of the record.
    public override string ToString() => Name;
}
