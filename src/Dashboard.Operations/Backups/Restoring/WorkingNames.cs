using System.Globalization;
using System.Text;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>
/// The names that collections have beside the live ones, in the same database: a rename inside a database only changes the catalogue, one
/// between databases copies everything. Each carries the id of its run, so that a process that wakes too late finds its names taken or gone.
/// </summary>
internal static class WorkingNames
{
    /// <summary>What a view shows that only holds a name; never made.</summary>
    public const string Held = "__held";

    private const int IdLength = 24;

    /// <summary>MongoDB 4.4 and later; DocumentDB allows less.</summary>
    private const int LongestNamespace = 255;

    private const int LongestNamespaceOfDocumentDb = 235;
    private static readonly string[] Words = ["restore", "before", "stray"];

    public static string Restored(string runId, string name) => Of("restore", runId, name);

    public static string Before(string runId, string name) => Of("before", runId, name);

    /// <param name="number">From 1; above 1 when the name before is taken.</param>
    public static string Stray(string runId, string name, int number) =>
        Of("stray", runId, number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}.{number}"));

    /// <summary>Everything that the run of this id may have made.</summary>
    public static bool IsOf(string collection, string word, string runId) => collection.StartsWith(Of(word, runId, string.Empty), StringComparison.Ordinal);

    public static bool IsWorking(string collection) => RunOf(collection) is not null || collection.StartsWith("__verify_", StringComparison.Ordinal);

    /// <summary>The run that made a collection of this name; null for one of the application.</summary>
    public static string? RunOf(string collection)
    {
        foreach (var word in Words)
        {
            var prefix = $"__{word}_";
            if (collection.StartsWith(prefix, StringComparison.Ordinal) && collection.Length > prefix.Length + IdLength && collection[prefix.Length + IdLength] == '.')
                return collection.Substring(prefix.Length, IdLength);
        }

        return null;
    }

    /// <summary>Whether the longest name that a restore gives a collection is one that the server takes.</summary>
    public static bool Fits(string database, string collection, bool isDocumentDb) =>
        Encoding.UTF8.GetByteCount(database) + 1 + Encoding.UTF8.GetByteCount(Restored(new string('0', IdLength), collection))
        <= (isDocumentDb ? LongestNamespaceOfDocumentDb : LongestNamespace);

    private static string Of(string word, string runId, string name) => $"__{word}_{runId}.{name}";
}
