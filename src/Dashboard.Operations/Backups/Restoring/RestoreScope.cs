using Dashboard.MongoArchive;
using Dashboard.Operations.Environments;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>What a restore is about, looked up without changing anything: the archive, the database, and what would become of each name.</summary>
internal sealed record RestoreScope
{
    public required TargetEnvironment Environment { get; init; }

    public required IMongoDatabase Database { get; init; }

    /// <summary>What is known about the archive; null for one outside of the backup folder, or without a manifest.</summary>
    public required BackupEntry? Entry { get; init; }

    /// <summary>As the request named it, or the newest proven one's name.</summary>
    public required string Asked { get; init; }

    /// <summary>The file's name.</summary>
    public required string Archive { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Where the archive is fetched from before anything else; null when it is on this machine.</summary>
    public required FetchSource? Fetch { get; init; }

    /// <summary>Null when there is none that can be believed.</summary>
    public required BackupManifest? Manifest { get; init; }

    public required string? ManifestProblem { get; init; }

    public required ArchiveHeader Header { get; init; }

    /// <summary>The one database of the archive that is restored.</summary>
    public required string Source { get; init; }

    public required IReadOnlyList<ArchiveNamespace> Namespaces { get; init; }

    /// <summary>The database as the restore will meet it: after what an earlier one left unfinished has been finished.</summary>
    public required DatabaseLook Look { get; init; }

    public required IReadOnlyList<SwapName> Names { get; init; }

    /// <summary>Restores of this database that stopped in the middle.</summary>
    public required IReadOnlyList<RestoreRecord> Unfinished { get; init; }

    public string Target => Database.DatabaseNamespace.DatabaseName;

    /// <summary>The application of the environment works on it.</summary>
    public bool IsLive => Target == Environment.Database.DatabaseNamespace.DatabaseName;

    public bool IsEmptyTarget => !Look.Live.Any();

    /// <summary>Loaded where they belong, since no server renames them; possible only where nothing is.</summary>
    public IReadOnlyList<string> Direct => [.. Namespaces.Where(IsDirect).Select(one => one.Collection)];

    /// <summary>Null for what is not loaded: views, and what is not restored.</summary>
    public string? LoadNameOf(ArchiveNamespace one, string runId)
    {
        if (one.IsView || !Namespaces.Any(mine => mine.FullName == one.FullName))
            return null;
        return IsDirect(one) ? one.Collection : WorkingNames.Restored(runId, one.Collection);
    }

    /// <summary>What the live database is to hold: a view's options, null for a collection. Direct ones are there already when the swap begins.</summary>
    public IReadOnlyDictionary<string, MongoDB.Bson.BsonDocument?> After =>
        Namespaces.Where(one => !IsDirect(one)).ToDictionary(one => one.Collection, one => one.IsView ? one.Options : null, StringComparer.Ordinal);

    public static bool IsDirect(ArchiveNamespace one) => one.IsTimeSeries || one.Collection == "system.js";
}
