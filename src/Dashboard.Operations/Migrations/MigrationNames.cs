namespace Dashboard.Operations.Migrations;

/// <summary>The collections that lie beside the records in the application's database.</summary>
internal static class MigrationNames
{
    /// <summary>Every end of every migration, also of those that were taken back, whose record goes.</summary>
    public static string HistoryOf(string records) => $"{records}_history";

    public static string LockOf(string records) => $"{records}_lock";

    public static bool IsOurs(string collection, string records) => collection == HistoryOf(records) || collection == LockOf(records);
}
