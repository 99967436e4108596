using System.Globalization;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>What is in a backup and whether it is whole, from the file alone: needs no server and no dashboard, for the hour in which neither is there.</summary>
public sealed class RestorePreview(BackupKeys keys)
{
    /// <param name="file">A path.</param>
    /// <param name="targetDatabase">The name that the archive's database would get; null: its own.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<PreviewResult> ReadAsync(string file, string? targetDatabase, CancellationToken cancellationToken)
    {
        if (targetDatabase is not null && RestoreTarget.WhyNoName(targetDatabase) is { } reason)
            return PreviewResult.Refused($"'{targetDatabase}' is no name for a database: it {reason}.");
        var path = Path.GetFullPath(file);
        var source = new BackupSource(new BackupFolder(Path.GetDirectoryName(path) ?? "/"), keys);
        var opening = await source.OpenAsync(path, allowOutside: true, cancellationToken);
        if (opening.Backup is not { } backup)
            return PreviewResult.Refused(opening.Refusal ?? $"'{file}' cannot be opened.");
        await using (backup)
        {
            try
            {
                var finding = await ArchiveProver.ProveAsync(backup, (_, _) => { }, cancellationToken);
                return finding is { Report: { } report, Problem: null }
                    ? new PreviewResult(Lines(backup, report, targetDatabase), $"{backup.Name} is whole. {finding.Evidence}", IsWhole: true, IsUsable: true)
                    : new PreviewResult([], finding.Problem ?? finding.Evidence, IsWhole: false, IsUsable: true);
            }
            catch (IOException exception)
            {
                return new PreviewResult([], $"{backup.Name} cannot be read: {exception.Message}", IsWhole: false, IsUsable: true);
            }
        }
    }

    private static List<string> Lines(OpenBackup backup, MongoArchive.ArchiveReport report, string? targetDatabase)
    {
        var lines = new List<string>();
        if (backup.Manifest is { } manifest)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"Backup of {manifest.Environment}, database '{manifest.Database}', taken {manifest.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC ({manifest.Consistency}) from a server {manifest.ServerVersion}"));
        foreach (var (announced, total) in report.Announced.Zip(report.Totals).OrderBy(one => one.First.FullName, StringComparer.Ordinal))
        {
            var name = $"{targetDatabase ?? announced.Database}.{announced.Collection}";
            lines.Add(announced.IsView
                ? $"{name}: view"
                : string.Create(CultureInfo.InvariantCulture, $"{name}: {total.Documents:N0} documents, {total.Bytes:N0} bytes, indexes {string.Join(", ", announced.Indexes.Select(index => index.GetValue("name", "?").ToString()))}"));
        }

        return lines;
    }
}

/// <summary>What a file turned out to be.</summary>
/// <param name="Lines">One for each collection; none when the archive is not whole.</param>
/// <param name="Verdict">A sentence.</param>
/// <param name="IsUsable">False when there was nothing to read: no such file, or a bad name.</param>
public sealed record PreviewResult(IReadOnlyList<string> Lines, string Verdict, bool IsWhole, bool IsUsable)
{
    internal static PreviewResult Refused(string why) => new([], why, IsWhole: false, IsUsable: false);
}
