using Dashboard.Operations.Platforms;

namespace Dashboard.Operations.Deployments;

/// <summary>What an environment is left from when it goes back, and the releases that it could go back to.</summary>
internal static class RollbackTargets
{
    /// <summary>
    /// The image that is gone back from. A rollback that did not come through was on its way to its own image: whoever goes back again still means to
    /// leave what that one did.
    /// </summary>
    public static string? RunningOf(PlatformStatus status, IReadOnlyList<Release> releases)
    {
        if (StoppedRollback(releases) is { } stopped && (status.IsMixed || ImageName.IsSame(status.Image, releases[0].Image)))
            return stopped.ImageBefore;
        return status.IsMixed ? (releases is [var newest, ..] ? newest.Image : null) : status.Image;
    }

    /// <summary>The releases one could go back to, newest first.</summary>
    public static IReadOnlyList<Release> EarlierThan(PlatformStatus status, IReadOnlyList<Release> releases)
    {
        var running = RunningOf(status, releases);
        var present = releases.FirstOrDefault(release => ImageName.IsSame(release.Image, running) && !ChangedNothing(release));
        var anchor = present is null ? null : OriginOf(present, releases);
        return [.. releases.Where(release => release.State == ReleaseState.Complete && !ImageName.IsSame(release.Image, running) && (anchor is null || release.BegunAt < anchor.BegunAt))];
    }

    /// <summary>
    /// The first of the rollbacks that the newest records are and that did not come through: the ones after it met what it left. The platform has a
    /// record of its own of each, which is found without a run. Null when the newest record is something else.
    /// </summary>
    private static Release? StoppedRollback(IReadOnlyList<Release> releases)
    {
        var stopped = releases.TakeWhile(release => release.State != ReleaseState.Complete && release.Kind != ReleaseKind.Deployment).ToList();
        var newest = stopped.Find(release => release.Kind == ReleaseKind.Rollback);
        return newest is not null && ImageName.IsSame(stopped[0].Image, newest.Image)
            ? stopped.FindLast(release => release is { Kind: ReleaseKind.Rollback, ImageBefore: not null })
            : null;
    }

    /// <summary>What failed to release the image that ran already says nothing about how that came to run.</summary>
    private static bool ChangedNothing(Release release) => release.State != ReleaseState.Complete && ImageName.IsSame(release.Image, release.ImageBefore);

    /// <summary>
    /// Whoever has gone back once and goes back again means the version before that one, not the one that was left. One who went back past
    /// this dashboard has left no link, but the image is that of an earlier release. One that failed and was left in place stands for itself.
    /// </summary>
    private static Release OriginOf(Release present, IReadOnlyList<Release> releases)
    {
        for (var release = present; ;)
        {
            var origin = release switch
            {
                { Kind: ReleaseKind.Rollback, GoesBackTo: { } id } => releases.FirstOrDefault(other => other.Id == id && other.BegunAt < release.BegunAt),
                { Kind: ReleaseKind.Found, State: ReleaseState.Complete } => releases.FirstOrDefault(other => other.State == ReleaseState.Complete && other.BegunAt < release.BegunAt && ImageName.IsSame(other.Image, release.Image)),
                _ => null,
            };
            if (origin is null)
                return release;
            release = origin;
        }
    }
}
