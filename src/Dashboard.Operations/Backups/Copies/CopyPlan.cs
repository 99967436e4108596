using Dashboard.Operations.Environments;

namespace Dashboard.Operations.Backups;

/// <summary>Which backups are to be copied, and where to.</summary>
public sealed class CopyPlan(IReadOnlyList<BackupPlace> places) : IDisposable
{
    /// <summary>All that are configured.</summary>
    public IReadOnlyList<BackupPlace> Places { get; } = places;

    public BackupPlace? Find(string name) => Places.FirstOrDefault(place => place.Name == name);

    /// <summary>A test backup is worth no copy.</summary>
    public static bool Wants(BackupManifest manifest) => manifest.Kind != BackupKind.Test;

    /// <summary>
    /// As many as <c>backup.redundantBackups</c> asks for beside the first copy, in the order of config/dashboard.json; with
    /// <c>backup.offSiteBackup</c> those that are elsewhere come first, and one of them is there in any case.
    /// </summary>
    public IReadOnlyList<BackupPlace> PlacesOf(TargetEnvironment environment)
    {
        var settings = environment.Settings;
        var wanted = Math.Max(settings.RedundantBackups - 1, settings.OffSiteBackup ? 1 : 0);
        var ordered = settings.OffSiteBackup ? Places.OrderByDescending(place => place.IsElsewhere) : Places.AsEnumerable();
        return [.. ordered.Take(wanted)];
    }

    public void Dispose()
    {
        foreach (var place in Places.OfType<IDisposable>())
            place.Dispose();
    }
}
