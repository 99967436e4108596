using Dashboard.Operations.Migrations;
using MongoDB.Bson;

namespace Dashboard.Operations.Deployments;

/// <summary>What was migrated since a release was live and is still applied.</summary>
/// <param name="Entries">The newest first.</param>
/// <param name="Unclear">Those of them that may as well belong to the release itself.</param>
/// <param name="Next">The release that began right after it; null when there is none.</param>
internal sealed record RollbackSince(IReadOnlyList<MigrationEntry> Entries, IReadOnlyList<MigrationEntry> Unclear, Release? Next)
{
    /// <summary>How long a release command may take: flyctl's own limit, which whoever releases past this dashboard gets.</summary>
    private static readonly TimeSpan ReleaseCommand = TimeSpan.FromMinutes(5);

    public static RollbackSince Nothing { get; } = new([], [], Next: null);

    /// <summary>One that only added something stays anyway, whosoever it is.</summary>
    public bool IsUnclear => Unclear.Any(entry => !entry.AddsOnly);

    public static RollbackSince Of(Release target, IReadOnlyList<Release> releases, MigrationStatus status)
    {
        var after = releases.Where(release => release.BegunAt > target.BegunAt).ToList();
        var next = after.MinBy(release => release.BegunAt);
        var later = after.SelectMany(release => release.Migrated).ToHashSet(StringComparer.Ordinal);
        var entries = status.NewestFirst.Where(entry => later.Contains(entry.Version) || entry.ExecutedAt > (target.EndedAt ?? target.BegunAt)).ToList();
        if (target.Kind != ReleaseKind.Found)
            return new RollbackSince(entries, [], next);

        // Of one that was found only the begin is known; its release command migrated after that.
        var during = entries.Where(entry => !later.Contains(entry.Version) && !IsOfRun(entry) && entry.ExecutedAt <= target.BegunAt + ReleaseCommand).ToList();
        var own = during.Where(entry => next is null || entry.ExecutedAt < next.BegunAt).ToList();
        return new RollbackSince([.. entries.Except(own)], [.. during.Except(own)], next);
    }

    /// <summary>A run of this dashboard executed it. One that the team's own runner executed gets a run too, which has taken it over later.</summary>
    public static bool IsOfRun(MigrationEntry entry) => ObjectId.TryParse(entry.RunId, out var run) && run.CreationTime <= entry.ExecutedAt?.UtcDateTime;
}
