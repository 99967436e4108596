using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dashboard.Operations.Backups;

/// <summary>What stands beside an archive: what should be in it, so that a restore can be compared with it and not with hope.</summary>
public sealed record BackupManifest
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public int Version { get; init; } = 1;

    /// <summary>The archive's file name, in the folder of the manifest.</summary>
    public required string Archive { get; init; }

    public required string Environment { get; init; }

    public required string Database { get; init; }

    public required string ServerVersion { get; init; }

    public required Consistency Consistency { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public required string RunId { get; init; }

    public required string Actor { get; init; }

    public required string Reason { get; init; }

    /// <summary>Size of the archive file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 of the archive file.</summary>
    public required string Sha256 { get; init; }

    public required IReadOnlyList<BackupCollection> Collections { get; init; }

    [JsonIgnore]
    public long Documents => Collections.Sum(collection => collection.Documents);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="JsonException">The content is no manifest.</exception>
    public static BackupManifest FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<BackupManifest>(json, Json) ?? throw new JsonException("The manifest is null.");
}

/// <summary>One collection or view as it went into the archive.</summary>
/// <param name="Bytes">Uncompressed BSON.</param>
/// <param name="Crc">CRC-64/XZ of the documents in stream order, as 16 hexadecimal digits; the archive carries the same.</param>
/// <param name="Indexes">Names, the _id index included.</param>
public sealed record BackupCollection(string Name, string Type, long Documents, long Bytes, string Crc, IReadOnlyList<string> Indexes)
{
    public static BackupCollection Of(DumpedCollection dumped) => new(
        dumped.Namespace.Collection,
        dumped.Namespace.Type,
        dumped.Totals.Documents,
        dumped.Totals.Bytes,
        dumped.Totals.Crc.ToString("x16", CultureInfo.InvariantCulture),
        [.. dumped.Namespace.Indexes.Select(index => index["name"].AsString)]);
}

/// <summary>What can be said about the moment that a backup shows.</summary>
public enum Consistency
{
    /// <summary>Each collection was read as it was while it was read; writes during the backup may be in one and not in another.</summary>
    PerCollection,

    /// <summary>All collections as they were at one moment.</summary>
    Snapshot,
}
