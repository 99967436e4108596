namespace Dashboard.Operations.Migrations;

/// <summary>All migration files of a folder, read completely and checked before anything runs.</summary>
/// <param name="Files">In numeric order.</param>
/// <param name="Problems">Each a sentence with the file's name.</param>
public sealed record MigrationFolder(IReadOnlyList<MigrationFile> Files, IReadOnlyList<string> Problems)
{
    /// <summary>A folder that is not there or cannot be read is a problem, never a folder without migrations.</summary>
    /// <param name="collection">Where the records are, which no migration may touch.</param>
    public static async Task<MigrationFolder> ReadAsync(string folder, string collection, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var files = new List<MigrationFile>();
        foreach (var path in List(folder, problems))
        {
            if (await ReadFileAsync(path, collection, problems, cancellationToken) is { } file)
                files.Add(file);
        }

        foreach (var twice in files.GroupBy(file => file.Number).Where(group => group.Count() > 1))
            problems.Add($"{string.Join(" and ", twice.Select(file => file.Filename))} have the same number {twice.Key}; give one of them another.");
        return new MigrationFolder([.. files.OrderBy(file => file.Number)], problems);
    }

    private static List<string> List(string folder, List<string> problems)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            problems.Add($"There is no folder '{folder}': migrations.migrationsPath (or MIGRATIONS_PATH) names where the migration files are.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The folder '{folder}' cannot be read: {exception.Message}");
        }

        return [];
    }

    private static async Task<MigrationFile?> ReadFileAsync(string path, string collection, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            return MigrationFileReader.Read(Path.GetFileName(path), await File.ReadAllBytesAsync(path, cancellationToken), collection, problems);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{Path.GetFileName(path)} cannot be read: {exception.Message}");
            return null;
        }
    }
}
