using Dashboard.Operations.Environments;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Platforms;

namespace Dashboard.Operations.Deployments;

/// <summary>The facts that a rollback is decided from.</summary>
/// <param name="Running">The image that is gone back from; null when there is none, or nobody asked the platform.</param>
/// <param name="Target">Where the version goes; null for one that leaves the version alone.</param>
/// <param name="Since">What was migrated since the target was live and is still applied.</param>
/// <param name="Verdict">What auto does.</param>
/// <param name="Carried">What keeps an open maintenance.</param>
internal sealed record RollbackScope(
    TargetEnvironment Environment,
    RollBack.Request Request,
    PlatformStatus? Status,
    string? Running,
    Release? Target,
    MigrationStatus Migrations,
    IReadOnlyList<MigrationEntry> Since,
    RollbackVerdict Verdict,
    IReadOnlyDictionary<string, string>? Carried)
{
    public bool ChangesVersion => Request.Type is RollBack.RollbackType.App or RollBack.RollbackType.Auto;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<MigrationEntry> TakesBack => Request.Type switch
    {
        RollBack.RollbackType.Migration => [.. Migrations.NewestFirst.Take(Request.Steps)],
        RollBack.RollbackType.Auto => [.. Verdict.TakesBack.Select(version => Migrations.Entries.First(entry => entry.Version == version))],
        _ => [],
    };

    /// <summary>The archive that is restored; null when none is.</summary>
    public string? Archive => Request.Type switch
    {
        RollBack.RollbackType.Database => Request.Archive ?? Verdict.Backup,
        RollBack.RollbackType.Auto when Verdict.Way == RollbackWay.Backup => Request.Archive ?? Verdict.Backup,
        RollBack.RollbackType.Auto when Verdict.Way == RollbackWay.Undecided => Request.Archive,
        _ => null,
    };

    public bool RestoresDatabase => Request.Type == RollBack.RollbackType.Database || Archive is not null;

    /// <summary>Stopped machines take the image and stay stopped.</summary>
    public bool StartsAfterwards => RestoresDatabase || (ChangesVersion && Status is { IsStopped: true });

    public PlatformCall.Deploy? Call(string author) => Target is null || !ChangesVersion ? null : new PlatformCall.Deploy(
        Environment.Name, Target.Image, Environment.Settings.Deployment.HealthCheckTimeout, SkipReleaseCommand: true, Author: author, Variables: Carried);
}
