using System.Text.Json.Serialization;

namespace Dashboard.Operations.Health.Contract;

// The order of the members is the order of the keys in the answers, which tools of the original system rely on.

/// <summary>An answer of the original's health paths.</summary>
/// <param name="Code">The HTTP status that goes with it.</param>
/// <param name="Body">To be written by its own type, in camelCase.</param>
public sealed record ContractAnswer(int Code, object Body);

/// <summary>Of <c>/api/health</c>.</summary>
/// <param name="Status">ok or degraded.</param>
/// <param name="Database">connected or error.</param>
public sealed record HealthAnswerBody(string Status, string Timestamp, string Environment, string Version, string Database);

/// <summary>Of <c>/api/health</c> when the application gives no report, or one that says that it is in error.</summary>
public sealed record HealthErrorBody(string Status, string Timestamp, string Error);

/// <summary>Of <c>/api/health/database</c> and <c>/api/health/migrations</c> when nothing can be told.</summary>
public sealed record ConnectionErrorBody(string Status, string Timestamp, string Error, ConnectionErrorBody.Disconnected Database)
{
    public sealed record Disconnected(bool Connected);
}

/// <summary>Of <c>/api/health/database</c>.</summary>
/// <param name="Status">ok or warning.</param>
/// <param name="Warnings">Only with a warning.</param>
public sealed record DatabaseBody(
    string Status,
    string Timestamp,
    DatabaseBody.Facts Database,
    DatabaseBody.Times Performance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings)
{
    /// <param name="ConnectionTime">As "12ms".</param>
    /// <param name="QueryTime">As "12ms".</param>
    public sealed record Facts(bool Connected, string ConnectionTime, string QueryTime, CollectionFacts Collections, MigrationFacts Migrations, CountFacts Statistics);

    /// <param name="Names">The first ten.</param>
    public sealed record CollectionFacts(int Total, IReadOnlyList<string> Names);

    public sealed record MigrationFacts(bool CollectionExists, long Count);

    public sealed record CountFacts(long Users);

    /// <summary>In milliseconds; the status is good or slow.</summary>
    public sealed record Times(long ConnectionTime, long QueryTime, string Status);
}

/// <summary>Of <c>/api/health/db</c>.</summary>
/// <param name="Status">healthy or unhealthy.</param>
/// <param name="Latency">Milliseconds, only when healthy.</param>
/// <param name="Error">Only when unhealthy.</param>
public sealed record DbBody(
    string Status,
    bool Connected,
    string Timestamp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Latency,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);

/// <summary>Of <c>/api/health/migrations</c>.</summary>
/// <param name="Status">ok or warning.</param>
/// <param name="PendingMigrations">Only when there are any.</param>
public sealed record MigrationsBody(
    string Status,
    string Timestamp,
    MigrationsBody.Counts Migrations,
    MigrationsBody.Access Database,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<MigrationsBody.PendingFile>? PendingMigrations)
{
    public sealed record Counts(int Total, int Executed, int Pending, bool Valid);

    public sealed record Access(bool Connected, string MigrationsCollection);

    public sealed record PendingFile(string Version, string Description, string Filename);
}
