namespace Dashboard.Operations.Platforms.Local;

/// <summary>An environment of this machine; port 0 is chosen at the first start and kept.</summary>
public sealed record LocalEnvironment(string Name, string Database, int Machines, int Port);

/// <summary>What the local platform needs; the connection string reaches the application by its environment only.</summary>
/// <param name="Program">The application's DndTracker.dll.</param>
/// <param name="StateFolder">Logs, ports and process files; one running dashboard at a time.</param>
public sealed record LocalPlatformSettings(string ConnectionString, string Program, string StateFolder)
{
    private const string FileName = "DndTracker.dll";

    /// <summary>What the application's <c>seed</c> is told beyond its defaults, for instance <c>--users 20</c>.</summary>
    public IReadOnlyList<string> SeedOptions { get; init; } = [];

    /// <summary>Whether this is the dashboard itself, which keeps the machines, or a command beside it, which needs them only while it runs.</summary>
    public bool Serves { get; init; } = true;

    /// <summary>Where DndTracker.dll lies beside the running program: published with it, or in the build's artifacts.</summary>
    /// <exception cref="FileNotFoundException">It is in neither place.</exception>
    public static string FindProgram(string baseDirectory)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(baseDirectory));
        string[] places =
        [
            Path.Combine(baseDirectory, "DndTracker", FileName),
            Path.GetFullPath(Path.Combine(baseDirectory, "..", "..", "DndTracker", configuration, FileName)),
        ];
        return places.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException(
            $"The application is not built: none of {string.Join(", ", places)} exists. Build samples/DndTracker, or name its DndTracker.dll.");
    }

    // The connection string must not reach a log by way of the record.
    public override string ToString() => $"{Program}, state in {StateFolder}";
}
