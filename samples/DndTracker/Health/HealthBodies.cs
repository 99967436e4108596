using System.Text.Json.Serialization;

namespace DndTracker.Health;

// The order of the members is the order of the keys in the answers, which tools of the original system rely on.

internal sealed record HealthBody(
    string Status,
    string Timestamp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Environment,
    string Version,
    string Database);

internal sealed record HealthErrorBody(string Status, string Timestamp, string Error);

internal sealed record ConnectionErrorBody(string Status, string Timestamp, string Error, Disconnected Database);

internal sealed record Disconnected(bool Connected);

internal sealed record DatabaseBody(
    string Status,
    string Timestamp,
    DatabaseFacts Database,
    Performance Performance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings);

internal sealed record DatabaseFacts(
    bool Connected, string ConnectionTime, string QueryTime, CollectionFacts Collections, MigrationRecords Migrations, Statistics Statistics);

internal sealed record CollectionFacts(int Total, IReadOnlyList<string> Names);

internal sealed record MigrationRecords(bool CollectionExists, long Count);

internal sealed record Statistics(long Users);

internal sealed record Performance(long ConnectionTime, long QueryTime, string Status);

internal sealed record DbBody(
    string Status,
    bool Connected,
    string Timestamp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Latency,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);

internal sealed record MigrationsBody(
    string Status,
    string Timestamp,
    MigrationCounts Migrations,
    MigrationsDatabase Database,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PendingMigration>? PendingMigrations);

internal sealed record MigrationCounts(int Total, int Executed, int Pending, bool Valid);

internal sealed record MigrationsDatabase(bool Connected, string MigrationsCollection);

internal sealed record PendingMigration(string Version, string Description, string Filename);
