namespace Dashboard.Operations.Backups;

/// <summary>How one place stands towards one backup.</summary>
/// <param name="Since">Since when the copy is missing; null for one that is there.</param>
/// <param name="VerifiedAt">When it was last read back and right; null when it never was.</param>
/// <param name="Problem">Why it is not good, if anybody knows.</param>
public sealed record CopyStanding(string Place, CopyState State, DateTimeOffset? Since, DateTimeOffset? VerifiedAt, string? Problem)
{
    /// <param name="wanted">The places that should have a copy of the environment's backups.</param>
    public static IReadOnlyList<CopyStanding> Of(BackupEntry entry, IEnumerable<string> wanted)
    {
        var manifest = entry.Manifest;
        var should = CopyPlan.Wants(manifest) ? wanted.ToList() : [];
        var known = entry.Copies.ToDictionary(copy => copy.Place, StringComparer.Ordinal);
        return
        [
            .. should.Select(place => known.TryGetValue(place, out var copy)
                ? Of(copy, manifest)
                : new CopyStanding(place, CopyState.Missing, manifest.FinishedAt, VerifiedAt: null, Problem: null)),
            .. entry.Copies.Where(copy => copy.IsThere && !should.Contains(copy.Place, StringComparer.Ordinal)).Select(copy => Of(copy, manifest)),
        ];
    }

    private static CopyStanding Of(BackupCopy copy, BackupManifest manifest)
    {
        // What was copied under this name before is no copy of this file.
        var isAnother = copy.Sha256 != manifest.Sha256;
        return new CopyStanding(
            copy.Place,
            isAnother ? CopyState.Damaged : copy.State,
            copy.IsThere && !isAnother ? null : copy.WantedAt,
            copy.VerifiedAt,
            isAnother ? "It is a copy of another file of this name." : copy.Problem);
    }
}
