using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Dashboard.Operations.Backups;

/// <summary>What stands beside an archive: what should be in it, so that a restore can be compared with it and not with hope.</summary>
public sealed record BackupManifest
{
    /// <summary>What this program writes; it reads this and everything older.</summary>
    public const int NewestVersion = 2;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public int Version { get; init; } = NewestVersion;

    /// <summary>The archive's file name, in the folder of the manifest.</summary>
    public required string Archive { get; init; }

    public BackupKind Kind { get; init; }

    public required string Environment { get; init; }

    public required string Database { get; init; }

    public required string ServerVersion { get; init; }

    public required Consistency Consistency { get; init; }

    /// <summary>The moment whose data the archive shows, where all collections show the same; null otherwise.</summary>
    public DateTimeOffset? SnapshotAt { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public required string RunId { get; init; }

    public required string Actor { get; init; }

    public required string Reason { get; init; }

    /// <summary>Size of the archive file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 of the archive file, as it lies there: of an encrypted one, of what is encrypted.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Which key opens it; null for an archive that is not encrypted.</summary>
    public string? KeyId { get; init; }

    public required IReadOnlyList<BackupCollection> Collections { get; init; }

    /// <summary>Keyed checksum of everything above, there when a key was; see <see cref="BackupKeys"/>.</summary>
    public string? Mac { get; init; }

    [JsonIgnore]
    public long Documents => Collections.Sum(collection => collection.Documents);

    [JsonIgnore]
    public bool IsEncrypted => KeyId is not null;

    /// <summary>Made so that it can be restored some day, not on the way of another operation and not as a test.</summary>
    [JsonIgnore]
    public bool IsRegular => Kind is BackupKind.Manual or BackupKind.Scheduled;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="JsonException">The content is no manifest, or one of a newer version.</exception>
    public static BackupManifest FromJson(ReadOnlySpan<byte> json)
    {
        var manifest = JsonSerializer.Deserialize<BackupManifest>(json, Json) ?? throw new JsonException("The manifest is null.");
        return manifest.Version <= NewestVersion
            ? manifest
            : throw new JsonException($"The manifest has version {manifest.Version}; this dashboard reads up to {NewestVersion}. Take a newer dashboard.");
    }
}

/// <summary>One collection or view as it went into the archive.</summary>
/// <param name="Bytes">Uncompressed BSON.</param>
/// <param name="Crc">CRC-64/XZ of the documents in stream order, as 16 hexadecimal digits; the archive carries the same.</param>
/// <param name="Indexes">Names, the _id index included.</param>
public sealed record BackupCollection(string Name, string Type, long Documents, long Bytes, string Crc, IReadOnlyList<string> Indexes)
{
    private static readonly JsonWriterSettings Exact = new() { OutputMode = JsonOutputMode.CanonicalExtendedJson };

    /// <summary>What the documents are whatever their order, see ContentDigest; null in manifests of version 1 and for views.</summary>
    public string? Digest { get; init; }

    /// <summary>The collection's options as canonical extended JSON; null in manifests of version 1.</summary>
    public string? Options { get; init; }

    /// <summary>Each index whole, as canonical extended JSON, in the order of <see cref="Indexes"/>; null in manifests of version 1.</summary>
    public IReadOnlyList<string>? IndexDefinitions { get; init; }

    public static BackupCollection Of(DumpedCollection dumped) => new(
        dumped.Namespace.Collection,
        dumped.Namespace.Type,
        dumped.Totals.Documents,
        dumped.Totals.Bytes,
        dumped.Totals.Crc.ToString("x16", CultureInfo.InvariantCulture),
        [.. dumped.Namespace.Indexes.Select(index => index["name"].AsString)])
    {
        Digest = dumped.Namespace.IsView ? null : dumped.Digest.ToString(),
        Options = dumped.Namespace.Options.ToJson(Exact),
        IndexDefinitions = [.. dumped.Namespace.Indexes.Select(index => index.ToJson(Exact))],
    };
}

/// <summary>What can be said about the moment that a backup shows.</summary>
public enum Consistency
{
    /// <summary>Each collection was read as it was while it was read; writes during the backup may be in one and not in another.</summary>
    PerCollection,

    /// <summary>All collections as they were at one moment.</summary>
    Snapshot,
}
