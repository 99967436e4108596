using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.MongoArchive.Tests;

/// <summary>The server and the genuine tools, as the interoperation tests ask for them.</summary>
internal static class TestServer
{
    public static IMongoClient Client => MongoFixture.Current.Client;

    /// <summary>The version for an archive's header.</summary>
    public static async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var info = await Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), cancellationToken: cancellationToken);
        return info["version"].AsString;
    }

    /// <summary>Runs mongodump or mongorestore 100.7.0 and gives what it said; fails the test unless it succeeds.</summary>
    public static async Task<string> RunToolAsync(string tool, CancellationToken cancellationToken, params string[] arguments) =>
        await MongoTools.RunAsync(
            tool == "mongodump" ? await MongoTools.DumpAsync(cancellationToken) : await MongoTools.RestoreAsync(cancellationToken),
            ["--uri", MongoFixture.Current.ConnectionString, .. arguments],
            cancellationToken);
}
