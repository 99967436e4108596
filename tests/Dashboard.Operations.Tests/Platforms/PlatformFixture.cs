using System.Diagnostics;
using Dashboard.Operations.Platforms.Local;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Platforms;

/// <summary>A state folder, databases and a local platform on them, all of the test's own.</summary>
public sealed class PlatformFixture : IAsyncDisposable
{
    private readonly List<string> _databases = [];

    public static string ConnectionString => MongoFixture.Current.ConnectionString;

    public static string Program { get; } = LocalPlatformSettings.FindProgram(AppContext.BaseDirectory);

    public string Folder { get; } = Directory.CreateTempSubdirectory("platform-").FullName;

    public LocalPlatform NewPlatform(bool serves = true) => new(
        new LocalPlatformSettings(ConnectionString, Program, Folder)
        {
            Serves = serves,
            SeedOptions = ["--users", "20", "--characters", "40", "--parties", "5", "--encounters", "5"],
        },
        TimeProvider.System,
        NullLogger<LocalPlatform>.Instance);

    public LocalEnvironment NewEnvironment(string name, int machines) => new(name, NewDatabase(), machines, Port: 0);

    /// <summary>The name of an empty database.</summary>
    public string NewDatabase()
    {
        var name = $"platform_{ObjectId.GenerateNewId()}";
        _databases.Add(name);
        return name;
    }

    /// <summary>The live processes that were given one of this test's databases.</summary>
    public IReadOnlyList<int> LiveProcesses() =>
    [
        .. Process.GetProcessesByName("dotnet").Select(process => process.Id)
            .Where(id => EnvironmentOf(id) is { } variables && _databases.Any(database => variables.Contains(database, StringComparison.Ordinal))),
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
            await MongoFixture.Current.Client.DropDatabaseAsync(database);
        Directory.Delete(Folder, recursive: true);
    }

    private static string? EnvironmentOf(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/environ");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
