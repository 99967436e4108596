namespace Dashboard.LocalMongo.Tests.Hosting;

/// <summary>A data directory for one test.</summary>
internal sealed class DataFolder(string name = "data") : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("localmongo-test");

    public string Path => System.IO.Path.Combine(_parent.FullName, name);

    public LocalMongoOptions Options => new() { DataDirectory = Path, UseMongodOnPath = false };

    public void Dispose() => _parent.Delete(recursive: true);
}
