using Dashboard.Testing.Mongo;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The scripts beside the built program, as an image has them.</summary>
public sealed class InstalledScripts : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("dashboard-installed-");

    public InstalledScripts()
    {
        CopyAll(System.IO.Path.GetDirectoryName(ProductFolder.Program) ?? "/", _root.FullName);
        CopyAll(System.IO.Path.Combine(Repository.Root, "artifacts", "bin", "DndTracker", "debug"), System.IO.Path.Combine(_root.FullName, "DndTracker"));
        CopyAll(System.IO.Path.Combine(Repository.Root, "scripts"), Path);
    }

    public string Path => System.IO.Path.Combine(_root.FullName, "scripts");

    public void Dispose() => _root.Delete(recursive: true);

    private static void CopyAll(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target) ?? to);
            File.Copy(file, target);
        }
    }
}
