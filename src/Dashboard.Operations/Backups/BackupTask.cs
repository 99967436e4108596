using Dashboard.Operations.Environments;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>One backup that somebody wants.</summary>
/// <param name="Database">What is read; another one than the environment's for a restore into a database of another name.</param>
/// <param name="Compress">Null: as <c>backup.compression</c> of the environment says.</param>
/// <param name="Verify">Null: as <c>backup.verifyIntegrity</c> of the environment says.</param>
public sealed record BackupTask(TargetEnvironment Environment, IMongoDatabase Database, BackupKind Kind, bool? Compress = null, bool? Verify = null);

/// <summary>What came of it: the manifest of a backup that exists, or why there is none.</summary>
public sealed record BackupOutcome
{
    private BackupOutcome(BackupManifest? manifest, string? problem, bool isNothingThere)
    {
        Manifest = manifest;
        Problem = problem;
        IsNothingThere = isNothingThere;
    }

    public BackupManifest? Manifest { get; }

    /// <summary>A sentence for the operator; null exactly when there is a manifest.</summary>
    public string? Problem { get; }

    /// <summary>The database has no collections: a restore into it has nothing to save.</summary>
    public bool IsNothingThere { get; }

    public static BackupOutcome Made(BackupManifest manifest) => new(manifest, problem: null, isNothingThere: false);

    public static BackupOutcome Failed(string problem) => new(manifest: null, problem, isNothingThere: false);

    public static BackupOutcome NothingThere(string problem) => new(manifest: null, problem, isNothingThere: true);
}
