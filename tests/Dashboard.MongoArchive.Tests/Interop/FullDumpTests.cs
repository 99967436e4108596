using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests.Interop;

[CollectionDefinition(nameof(FullDumpTests), DisableParallelization = true)]
public sealed class FullDumpAlone;

/// <summary>A dump of the whole server with its oplog, and the users and roles of one database: by themselves, for nothing may be dropped meanwhile.</summary>
[Collection(nameof(FullDumpTests))]
public sealed class FullDumpTests : IAsyncLifetime
{
    private readonly string _database = $"archive_{Guid.NewGuid():N}"[..30];
    private readonly string _folder = Directory.CreateTempSubdirectory("archive-").FullName;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await TestServer.Client.DropDatabaseAsync(_database);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>DocumentDB has neither an oplog nor users of its own, so there the archive is one of ours.</summary>
    [Fact]
    public async Task A_full_dump_has_its_users_first_and_its_oplog_last()
    {
        await new DatabaseArchive(_database).FillAsync(new InteropCase("full", [], ("characters", [InteropCases.Character(1)])));
        var archive = MongoFixture.Current.IsGenuine ? await DumpAsync("--oplog") : await WriteAsync(
            ("admin", "system.version", "collection"), (_database, "characters", "collection"), ("", "oplog", ""));

        StrictArchive.Check(archive);
        var report = await Sample.VerifyAsync(archive);

        Assert.True(report.Announced.Single(one => one.IsOplog).IsOplog);
        Assert.True(report.Totals.Single(one => one.FullName == ".oplog").Documents > 0);
        Assert.True(report.Totals.Single(one => one.FullName == "admin.system.version").Documents > 0);
        Assert.Equal(1, report.Totals.Single(one => one.Database == _database).Documents);
        await AssertGoesRoundAsync(archive);
    }

    /// <summary>mongorestore takes the users from an archive that our writer made of what our reader read.</summary>
    [Fact]
    public async Task Users_and_roles_of_a_database_come_back_from_our_archive()
    {
        var database = TestServer.Client.GetDatabase(_database);
        await new DatabaseArchive(_database).FillAsync(new InteropCase("access", [], ("characters", [InteropCases.Character(1)])));
        if (!MongoFixture.Current.IsGenuine)
        {
            await AssertGoesRoundAsync(await WriteAsync(
                (_database, "$admin.system.users", ""), (_database, "$admin.system.roles", ""), (_database, "$admin.system.version", ""), (_database, "characters", "collection")));
            return;
        }
        await database.RunCommandAsync<BsonDocument>("""{ createRole: "scribe", privileges: [], roles: ["read"] }""", cancellationToken: CancellationToken);
        await database.RunCommandAsync<BsonDocument>("""{ createUser: "held", pwd: "only for the test", roles: ["scribe"] }""", cancellationToken: CancellationToken);
        var theirs = await DumpAsync("--db", _database, "--dumpDbUsersAndRoles");
        var path = Path.Combine(_folder, "ours");
        await File.WriteAllBytesAsync(path, await AssertGoesRoundAsync(theirs), CancellationToken);
        await database.RunCommandAsync<BsonDocument>("""{ dropUser: "held" }""", cancellationToken: CancellationToken);

        await TestServer.RunToolAsync("mongorestore", CancellationToken, $"--archive={path}", "--db", _database, "--restoreDbUsersAndRoles", "--drop");

        var users = await database.RunCommandAsync<BsonDocument>("""{ usersInfo: "held" }""", cancellationToken: CancellationToken);
        Assert.Equal("scribe", users["users"].AsBsonArray.Single()["roles"].AsBsonArray.Single()["role"].AsString);
        await database.RunCommandAsync<BsonDocument>("""{ dropUser: "held" }""", cancellationToken: CancellationToken);
        await database.RunCommandAsync<BsonDocument>("""{ dropRole: "scribe" }""", cancellationToken: CancellationToken);
    }

    private async Task<byte[]> DumpAsync(params string[] arguments)
    {
        var path = Path.Combine(_folder, "theirs");
        await TestServer.RunToolAsync("mongodump", CancellationToken, [$"--archive={path}", .. arguments]);
        return await File.ReadAllBytesAsync(path, CancellationToken);
    }

    /// <summary>Written again from what was read, run by run; gives that archive.</summary>
    private static async Task<byte[]> AssertGoesRoundAsync(byte[] theirs)
    {
        var ours = await Sample.RewriteAsync(theirs);
        StrictArchive.Check(ours);
        Assert.Equal(RecordedArchive.Entries(theirs), RecordedArchive.Entries(ours));
        Assert.Equal((await Sample.VerifyAsync(theirs)).Totals, (await Sample.VerifyAsync(ours)).Totals);
        return ours;
    }

    private static Task<byte[]> WriteAsync(params (string Database, string Collection, string Type)[] namespaces) => Sample.WriteAsync(
        [.. namespaces.Select(one => (Sample.Collection(one.Collection, one.Database) with { Type = one.Type }, Sample.Document(1)))]);
}
