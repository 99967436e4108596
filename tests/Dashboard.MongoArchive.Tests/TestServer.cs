using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.MongoArchive.Tests;

/// <summary>The MongoDB and the genuine tools that the interoperation tests use: the one place that knows where they are.</summary>
internal sealed class TestServer
{
    private const string Default = "mongodb://127.0.0.1:37017/?replicaSet=rs0&directConnection=true";

    private TestServer(string connectionString) => (ConnectionString, Client) = (connectionString, new MongoClient(connectionString));

    public static TestServer Shared { get; } = new(Environment.GetEnvironmentVariables()["TEST_MONGODB"] as string ?? Default);

    public string ConnectionString { get; }

    public MongoClient Client { get; }

    /// <summary>The version for an archive's header.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var info = await Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), cancellationToken: cancellationToken);
        return info["version"].AsString;
    }

    /// <summary>Runs mongodump or mongorestore 100.7.0 and gives what it said; fails the test unless it succeeds.</summary>
    public async Task<string> RunToolAsync(string tool, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(ToolsFolder(), tool), ["--uri", ConnectionString, .. arguments]) 
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{tool} did not start.");
        var said = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, said);
        return said;
    }

    private static string ToolsFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var tools = Path.Combine(folder.FullName, "tests", "node_modules", "@burakbey", "mongodb-tools", "bin");
            if (Directory.Exists(tools))
                return tools;
        }
        throw new DirectoryNotFoundException("The MongoDB tools are not there; run: npm ci --prefix tests");
    }
}
