using System.Globalization;
using MongoDB.Bson;

namespace Dashboard.Operations.Migrations;

/// <summary>
/// One document of the team's <c>migrations</c> collection. Its first fields are those that the team's own runner writes and reads; a record
/// without ours was written by that runner, which records a migration only when it has been executed.
/// </summary>
public sealed record MigrationRecord
{
    public const string Running = "running";
    public const string Executed = "executed";
    public const string Failed = "failed";
    public const string RolledBack = "rolled-back";
    public const string Up = "up";
    public const string Down = "down";

    public required BsonValue Id { get; init; }

    public required string Version { get; init; }

    public string Description { get; init; } = string.Empty;

    public string? Filename { get; init; }

    public DateTimeOffset? ExecutedAt { get; init; }

    public TimeSpan? Took { get; init; }

    public bool RollbackAvailable { get; init; }

    public long? Sequence { get; init; }

    public string? Checksum { get; init; }

    public string State { get; init; } = Executed;

    public string? Who { get; init; }

    public string? RunId { get; init; }

    public string? Release { get; init; }

    public string? Error { get; init; }

    /// <summary>Up or down: what was under way, or failed.</summary>
    public string Direction { get; init; } = Up;

    /// <summary>How many commands of that direction were carried out.</summary>
    public int Done { get; init; }

    /// <summary>How many there are.</summary>
    public int Commands { get; init; }

    public long? Number => MigrationNumber.Of(Version);

    public bool IsDown => Direction == Down;

    /// <summary>How far it came, for the sentence of a failed one.</summary>
    public string HowFar => Done == 0
        ? string.Create(CultureInfo.InvariantCulture, $"none of the {Commands} commands of its {Direction} was")
        : string.Create(CultureInfo.InvariantCulture, $"{Done} of the {Commands} commands of its {Direction} were");

    /// <summary>Reads what is there and stumbles over nothing: anybody may have written the collection.</summary>
    public static MigrationRecord Of(BsonDocument document) => new()
    {
        Id = document.GetValue("_id", BsonNull.Value),
        Version = document.GetValue("version", BsonNull.Value) is { IsBsonNull: false } version ? version.ToString() ?? string.Empty : string.Empty,
        Description = Text(document, "description") ?? string.Empty,
        Filename = Text(document, "filename"),
        ExecutedAt = document.GetValue("executedAt", BsonNull.Value) is BsonDateTime at ? new DateTimeOffset(at.ToUniversalTime()) : null,
        Took = Number64(document, "executionTime") is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        RollbackAvailable = document.GetValue("rollbackAvailable", false) is BsonBoolean { Value: true },
        Sequence = Number64(document, "sequence"),
        Checksum = Text(document, "checksum"),
        State = Text(document, "state") ?? Executed,
        Who = Text(document, "who"),
        RunId = Text(document, "run"),
        Release = Text(document, "release"),
        Error = Text(document, "error"),
        Direction = Text(document, "direction") ?? Up,
        Done = (int)(Number64(document, "done") ?? 0),
        Commands = (int)(Number64(document, "commands") ?? 0),
    };

    private static string? Text(BsonDocument document, string field) => document.GetValue(field, BsonNull.Value) is BsonString { Value: { Length: > 0 } text } ? text : null;

    private static long? Number64(BsonDocument document, string field) =>
        document.GetValue(field, BsonNull.Value) is BsonValue { IsNumeric: true } number && number.ToDouble() is > -9e15 and < 9e15 and var value ? (long)value : null;
}
