using Dashboard.Operations.Backups;

namespace Dashboard.Components.Backups;

/// <summary>The command lines that restore a backup on a machine where nothing of this dashboard runs any more.</summary>
internal static class WayOutCommand
{
    /// <summary>Beside the database it came from, so that nobody overwrites anything by pasting it.</summary>
    public static string Of(BackupDetail detail)
    {
        var manifest = detail.Manifest;
        var plain = manifest.IsEncrypted && detail.Path.EndsWith(".enc", StringComparison.Ordinal) ? detail.Path[..^".enc".Length] : detail.Path;
        var gzip = plain.EndsWith(".gz", StringComparison.Ordinal) ? " --gzip" : string.Empty;
        var restore = $"mongorestore --uri=\"$MONGODB_URI\"{gzip} --archive={Quote(plain)} --nsFrom={Quote(manifest.Database + ".*")} --nsTo={Quote(manifest.Database + "-restored.*")}";
        return manifest.IsEncrypted ? $"dotnet Dashboard.dll decrypt-backup {Quote(detail.Path)} {Quote(plain)}\n{restore}" : restore;
    }

    /// <summary>For a POSIX shell.</summary>
    private static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
