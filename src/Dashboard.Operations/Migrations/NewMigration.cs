using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dashboard.Operations.Migrations;

/// <summary>Writes the next migration file of a folder: the highest number and one, as wide as the others are.</summary>
public static partial class NewMigration
{
    private const int LongestName = 80;
    private const int NarrowestNumber = 3;
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The path of the new file; else why there is none, and whether the words were to blame.</returns>
    public static async Task<(string? Path, string? Problem, bool IsRefused)> WriteAsync(string folder, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var description = string.Join(' ', words).Trim();
        if (!PlainWords().IsMatch(description) || description.Length > LongestName)
            return (null, $"'{description}' makes no file name: say in up to {LongestName} letters, digits, spaces and hyphens what the migration does.", true);
        try
        {
            Directory.CreateDirectory(folder);
            var versions = Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path).Split('_')[0]).Where(version => MigrationNumber.Of(version) is not null).ToList();
            var next = versions.Select(version => MigrationNumber.Of(version) ?? 0).DefaultIfEmpty(0).Max() + 1;
            var width = versions.Count == 0 ? NarrowestNumber : versions.Max(version => version.Length);
            var number = next.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');
            var name = $"{number}_{string.Join('_', description.ToLowerInvariant().Split((char[])[' ', '-'], StringSplitOptions.RemoveEmptyEntries))}.json";
            var path = Path.GetFullPath(Path.Combine(folder, name));
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await file.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { version = number, description, up = Array.Empty<object>(), down = Array.Empty<object>() }, Readable) + "\n"), cancellationToken);
            return (path, null, false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"The file could not be written in '{folder}': {exception.Message}", false);
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9]+([ -]+[a-zA-Z0-9]+)*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex PlainWords();
}
