using Dashboard.Operations.Migrations;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Migrations;

public sealed class MigrationFolderTests : IDisposable
{
    private const string Good = """{"version": "001", "description": "good", "up": [{"create": "things"}], "down": []}""";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("migrations-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Reads_the_samples_own_files()
    {
        var folder = await MigrationFolder.ReadAsync(Path.Combine(Testing.Mongo.Repository.Root, "samples", "DndTracker", "migrations"), "migrations", Token);

        Assert.Empty(folder.Problems);
        Assert.Equal(["001", "002", "003"], folder.Files.Select(file => file.Version));
        Assert.All(folder.Files, file => Assert.True(file.HasDown));
    }

    [Theory]
    [InlineData("001_a.json", "{", "001_a.json: it is not JSON:")]
    [InlineData("001_a.json", "[]", "001_a.json: it is not a JSON object.")]
    [InlineData("001_a.json", "", "001_a.json: it is not JSON:")]
    [InlineData("001_a.json", Good + "x", "001_a.json: it is not JSON:")]
    [InlineData("002_a.json", Good, "002_a.json: its version is '001', and its name says '002'.")]
    [InlineData("one_a.json", Good, "one_a.json: its name is not a number, an underscore and words, as 002_add_level.json.")]
    [InlineData("001_.json", Good, "001_.json: its name is not a number, an underscore and words, as 002_add_level.json.")]
    [InlineData("001_a.json", """{"version": "001", "version": "001", "description": "x", "up": [{"create": "a"}], "down": []}""", "001_a.json: it is not JSON:")]
    [InlineData("001_a.json", """{"version": "001", "description": " ", "up": [{"create": "a"}], "down": []}""", "001_a.json: description is not text.")]
    [InlineData("001_a.json", """{"version": 1, "description": "x", "up": [{"create": "a"}], "down": []}""", "001_a.json: version is not text.")]
    [InlineData("001_a.json", """{"version": "001", "description": "x", "up": [], "down": []}""", "001_a.json: up has no commands, so there is nothing to run.")]
    [InlineData("001_a.json", """{"version": "001", "description": "x", "up": [{"create": "a"}]}""", "001_a.json: down is not a list of commands.")]
    [InlineData("001_a.json", """{"version": "001", "description": "x", "up": ["create"], "down": []}""", "001_a.json: up[1] is not a command.")]
    [InlineData("001_a.json", """{"version": "001", "description": "x", "up": [{"create": "a"}], "down": [], "more": 1}""", "001_a.json: it has a field 'more';")]
    [InlineData("001_a.json", """{"version": "001", "description": "x", "up": [{"create": "a"}], "down": [], "addsOnly": "yes"}""", "001_a.json: addsOnly is neither true nor false.")]
    [InlineData("001_a.json", """{"version": "001", "description": "x", "up": [{"drop": "a"}], "down": [], "addsOnly": true}""", "001_a.json: it says both destroysData and addsOnly; it can be one of them.")]
    [InlineData("001_a.json", """{"version": "001", "description": "x", "up": [{"insert": "a", "documents": [{"at": {"$date": "never"}}]}], "down": []}""", "001_a.json: it is not JSON:")]
    public async Task Names_the_file_and_what_is_wrong_with_it(string name, string text, string problem)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, name), text, Token);

        var folder = await ReadAsync();

        Assert.StartsWith(problem, Assert.Single(folder.Problems), StringComparison.Ordinal);
        Assert.Empty(folder.Files);
    }

    [Theory]
    [InlineData("""{"dropDatabase": 1}""", "'dropDatabase' is not among the commands of migrations")]
    [InlineData("""{"shutdown": 1}""", "'shutdown' is not among the commands of migrations")]
    [InlineData("""{"createUser": "eve"}""", "'createUser' is not among the commands of migrations")]
    [InlineData("""{"mapReduce": "a"}""", "'mapReduce' is not among the commands of migrations")]
    [InlineData("{}", "'' is not among the commands of migrations")]
    [InlineData("""{"drop": "a", "$db": "other"}""", "drop may not have '$db'")]
    [InlineData("""{"drop": "a", "maxTimeMS": 0}""", "drop may not have 'maxTimeMS'")]
    [InlineData("""{"drop": 1}""", "drop names no collection")]
    [InlineData("""{"drop": "system.users"}""", "drop may not touch 'system.users'")]
    [InlineData("""{"drop": "migrations"}""", "drop may not touch 'migrations', where the records of the migrations are")]
    [InlineData("""{"drop": "migrations_lock"}""", "drop may not touch 'migrations_lock', where the records of the migrations are")]
    [InlineData("""{"update": "a", "updates": [{"q": {"$where": "true"}, "u": {"$set": {"b": 1}}}]}""", "update may not run scripts in the server ($where)")]
    [InlineData("""{"update": "a", "updates": [{"q": {}, "u": [{"$set": {"b": {"$function": {}}}}]}]}""", "update may not run scripts in the server ($function)")]
    [InlineData("""{"insert": "a", "documents": [{"f": {"$code": "x"}}]}""", "insert may not run scripts in the server ($code)")]
    [InlineData("""{"renameCollection": "a"}""", "renameCollection names no collection")]
    [InlineData("""{"aggregate": "a", "pipeline": [{"$match": {}}], "cursor": {}}""", "aggregate has to end with $merge or $out into a collection of this database")]
    [InlineData("""{"aggregate": "a", "pipeline": [{"$out": {"db": "other", "coll": "b"}}], "cursor": {}}""", "aggregate has to end with $merge or $out into a collection of this database")]
    [InlineData("""{"aggregate": "a", "pipeline": [{"$out": "migrations"}], "cursor": {}}""", "aggregate may not touch 'migrations', where the records of the migrations are")]
    public async Task Refuses_commands_that_are_no_business_of_a_migration(string command, string reason)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "001_a.json"), $$"""{"version": "001", "description": "x", "up": [{"create": "a"}], "down": [{{command}}]}""", Token);

        Assert.StartsWith($"001_a.json: down[1]: {reason}", Assert.Single((await ReadAsync()).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_one_and_001_for_the_same_number()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "001_a.json"), Good, Token);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "1_b.json"), Good.Replace("\"001\"", "\"1\"", StringComparison.Ordinal), Token);

        Assert.Equal(["001_a.json and 1_b.json have the same number 1; give one of them another."], (await ReadAsync()).Problems);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_a_problem_and_not_a_folder_without_migrations()
    {
        var folder = await MigrationFolder.ReadAsync(Path.Combine(_folder.FullName, "nowhere"), "migrations", Token);

        Assert.StartsWith("There is no folder '", Assert.Single(folder.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_byte_order_mark_and_extended_json_as_they_are_and_checks_the_bytes()
    {
        const string text = """{"version": "001", "description": "dates", "up": [{"insert": "a", "documents": [{"at": {"$date": "2026-11-24T00:00:00Z"}, "n": {"$numberLong": "5"}}]}], "down": []}""";
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "001_dates.json"), [0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes(text)], Token);

        var file = Assert.Single((await ReadAsync()).Files);

        var document = file.Up[0]["documents"][0];
        Assert.Equal((BsonType.DateTime, BsonType.Int64), (document["at"].BsonType, document["n"].BsonType));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes(text)])), file.Checksum);
    }

    [Theory]
    [InlineData("""{"create": "a"}""", false, true)]
    [InlineData("""{"create": "a", "validator": {"b": 1}}""", false, false)]
    [InlineData("""{"createIndexes": "a", "indexes": [{"key": {"b": 1}, "name": "b"}]}""", false, true)]
    [InlineData("""{"createIndexes": "a", "indexes": [{"key": {"b": 1}, "name": "b", "unique": true}]}""", false, false)]
    [InlineData("""{"createIndexes": "a", "indexes": [{"key": {"b": 1}, "name": "b", "expireAfterSeconds": 9}]}""", true, false)]
    [InlineData("""{"dropIndexes": "a", "index": "b"}""", false, false)]
    [InlineData("""{"drop": "a"}""", true, false)]
    [InlineData("""{"insert": "a", "documents": [{}]}""", false, false)]
    [InlineData("""{"update": "a", "updates": [{"q": {}, "u": {"$set": {"b": 1}}}]}""", false, false)]
    [InlineData("""{"update": "a", "updates": [{"q": {}, "u": {"$unset": {"b": ""}}}]}""", true, false)]
    [InlineData("""{"update": "a", "updates": [{"q": {}, "u": {"$rename": {"b": "c"}}}]}""", true, false)]
    [InlineData("""{"update": "a", "updates": [{"q": {}, "u": {"whole": 1}}]}""", true, false)]
    [InlineData("""{"update": "a", "updates": [{"q": {}, "u": [{"$unset": "b"}]}]}""", true, false)]
    [InlineData("""{"delete": "a", "deletes": [{"q": {}, "limit": 0}]}""", true, false)]
    [InlineData("""{"findAndModify": "a", "remove": true}""", true, false)]
    [InlineData("""{"renameCollection": "a", "to": "b"}""", false, false)]
    [InlineData("""{"renameCollection": "a", "to": "b", "dropTarget": true}""", true, false)]
    public void Tells_what_destroys_data_and_what_only_adds(string command, bool destroys, bool adds)
    {
        var parsed = BsonDocument.Parse(command);

        Assert.Equal((destroys, adds), (MigrationCommand.DestroysData(parsed), MigrationCommand.AddsOnly(parsed)));
    }

    private Task<MigrationFolder> ReadAsync() => MigrationFolder.ReadAsync(_folder.FullName, "migrations", Token);
}
