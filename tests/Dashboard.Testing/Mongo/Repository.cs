namespace Dashboard.Testing.Mongo;

/// <summary>The clone that the running tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Dashboard.sln"))) return at.FullName;
        }

        throw new InvalidOperationException($"No Dashboard.sln above {AppContext.BaseDirectory}: tests run from a clone's artifacts folder.");
    }
}
