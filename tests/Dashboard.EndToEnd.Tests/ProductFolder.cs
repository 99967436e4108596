using System.Diagnostics;
using System.Text.Json.Nodes;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.EndToEnd.Tests;

/// <summary>A root with its own configuration, databases and <c>.local</c>; gone at the end, with whatever process it still has.</summary>
public sealed class ProductFolder : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("dashboard-product-");
    private readonly List<TestDatabase> _databases;
    private readonly bool _isGuest;

    /// <param name="beside">Another folder, whose databases this one shares; it must be disposed of last.</param>
    public ProductFolder(ProductFolder? beside = null)
    {
        _isGuest = beside is not null;
        foreach (var folder in new[] { "config", System.IO.Path.Combine("samples", "DndTracker", "migrations") })
        {
            foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, folder), "*.json", SearchOption.AllDirectories))
            {
                var target = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(Repository.Root, file));
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target) ?? Path);
                File.Copy(file, target);
            }
        }

        _databases = beside?._databases ?? [MongoFixture.Current.RentDatabase("own"), MongoFixture.Current.NewDatabase("staging"), MongoFixture.Current.NewDatabase("production")];
        Change("dashboard.json", registry =>
        {
            registry["database"] = _databases[0].Name;
            registry["environments"]!["staging"]!["database"] = _databases[1].Name;
            registry["environments"]!["production"]!["database"] = _databases[2].Name;
            registry["schedule"] = new JsonArray();
        });
    }

    public static string Program { get; } = System.IO.Path.Combine(Repository.Root, "artifacts", "bin", "Dashboard", "debug", "Dashboard.dll");

    public string Path => _root.FullName;

    public string Migrations => System.IO.Path.Combine(Path, "samples", "DndTracker", "migrations");

    public string Backups => System.IO.Path.Combine(Path, ".local", "backups");

    /// <summary>The dashboard's own.</summary>
    public TestDatabase Own => _databases[0];

    public TestDatabase Staging => _databases[1];

    public TestDatabase Production => _databases[2];

    public void Change(string file, Action<JsonNode> change)
    {
        var path = System.IO.Path.Combine(Path, "config", file);
        var content = JsonNode.Parse(File.ReadAllText(path)) ?? throw new InvalidOperationException($"{file} is null.");
        change(content);
        File.WriteAllText(path, content.ToJsonString());
    }

    /// <summary>Puts incompressible documents of 20 kB into production's database, so that a backup through a slow line takes its time.</summary>
    public async Task FillProductionAsync(int documents = 200)
    {
        var noise = new byte[20_000];
#pragma warning disable CA5394 // Incompressible is all that is wanted.
        new Random(1).NextBytes(noise);
#pragma warning restore CA5394
        await Production.Documents("aa_noise").InsertManyAsync(Enumerable.Range(0, documents).Select(number => new BsonDocument { ["_id"] = number, ["noise"] = noise }));
    }

    /// <summary>Archives that are being written, or were when their writer died.</summary>
    public IReadOnlyList<string> HalfBackups() => Directory.Exists(Backups) ? [.. Directory.EnumerateFiles(Backups, ".backup-*.tmp")] : [];

    public IReadOnlyList<string> WholeBackups() => Directory.Exists(Backups) ? [.. Directory.EnumerateFiles(Backups, "backup-*.gz").Where(file => !file.Contains("latest", StringComparison.Ordinal))] : [];

    /// <summary>Live processes that were started for this folder or by one that was.</summary>
    public IReadOnlyList<string> LiveProcesses() =>
    [
        .. Process.GetProcesses().Select(process => process.Id)
            .Select(id => (Id: id, Text: Read(id, "environ") + Read(id, "cmdline")))
            .Where(process => process.Text.Contains(Path, StringComparison.Ordinal) || _databases.Any(database => process.Text.Contains(database.Name, StringComparison.Ordinal)))
            .Select(process => $"{process.Id} {Read(process.Id, "cmdline").Replace('\0', ' ')}"),
    ];

    public async ValueTask DisposeAsync()
    {
        if (!_isGuest)
        {
            foreach (var database in _databases)
                await database.DisposeAsync();
        }

        _root.Delete(recursive: true);
    }

    private static string Read(int processId, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
