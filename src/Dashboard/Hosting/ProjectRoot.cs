namespace Dashboard.Hosting;

/// <summary>The folder that holds <c>config/</c> and <c>wwwroot/</c>: the repository in development, the application's folder in an image.</summary>
public static class ProjectRoot
{
    /// <param name="given">From <c>DASHBOARD_ROOT</c>; null looks upwards from the working directory, then from the program.</param>
    /// <exception cref="DirectoryNotFoundException">None of them has a configuration.</exception>
    public static string Find(string? given)
    {
        if (!string.IsNullOrEmpty(given))
            return HasConfig(given) ? Path.GetFullPath(given) : throw new DirectoryNotFoundException($"DASHBOARD_ROOT is '{given}', but there is no config/dashboard.json in it.");

        return Upwards(Directory.GetCurrentDirectory()).Concat(Upwards(AppContext.BaseDirectory)).FirstOrDefault(HasConfig)
            ?? throw new DirectoryNotFoundException("There is no config/dashboard.json here or above; start the dashboard in its folder, or set DASHBOARD_ROOT to it.");
    }

    private static bool HasConfig(string folder) => File.Exists(Path.Combine(folder, "config", "dashboard.json"));

    private static IEnumerable<string> Upwards(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }
}
