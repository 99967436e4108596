using System.Globalization;
using System.Text.Json;

namespace DndTracker.Health;

/// <summary>A migration file of this release; the version and the description are those of its name.</summary>
internal sealed record MigrationFile(string Version, string Description, string Filename, bool IsValid)
{
    /// <summary>1 and 001 are one migration, and 10 comes after 9.</summary>
    public decimal Number => NumberOf(Version);

    /// <summary>Below all others when it is none.</summary>
    public static decimal NumberOf(string? version) => decimal.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

/// <summary>The migration files that this release carries, by version.</summary>
internal sealed record MigrationFiles(IReadOnlyList<MigrationFile> All)
{
    public bool AreValid => All.All(file => file.IsValid) && All.DistinctBy(file => file.Number).Count() == All.Count;

    /// <summary>Reads the names <c>digits_words.json</c> in the folder; other files are not migrations.</summary>
    public static MigrationFiles Read(string folder) => new(Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*.json").Select(ReadFile).OfType<MigrationFile>().OrderBy(file => file.Number)]
        : []);

    private static MigrationFile? ReadFile(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var end = name.IndexOf('_', StringComparison.Ordinal);
        if (end <= 0 || name.AsSpan(0, end).ContainsAnyExceptInRange('0', '9'))
            return null;

        var version = name[..end];
        return new MigrationFile(version, name[(end + 1)..].Replace('_', ' '), Path.GetFileName(path), IsWellFormed(path, version));
    }

    private static bool IsWellFormed(string path, string version)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("version", out var declared) && declared.ValueKind == JsonValueKind.String && declared.ValueEquals(version)
                && root.TryGetProperty("description", out var description) && description.ValueKind == JsonValueKind.String
                && root.TryGetProperty("up", out var up) && up.ValueKind == JsonValueKind.Array
                && root.TryGetProperty("down", out var down) && down.ValueKind == JsonValueKind.Array;
        }
        catch (JsonException)
        {
            return false;
        }
    }

}
