using Dashboard.Operations.Backups;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.EndToEnd.Tests;

/// <summary>Preview, restore and undo with the built product on the command line, while no dashboard runs.</summary>
public sealed class RestoreCommandTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Previews_restores_and_undoes_without_a_dashboard_and_says_the_truth_by_its_exit_code()
    {
        await using var folder = new ProductFolder();
        var characters = folder.Production.Documents("characters");
        await characters.InsertManyAsync(Enumerable.Range(0, 50).Select(number => new BsonDocument("_id", number)), cancellationToken: Token);
        Assert.Equal(0, (await RunAsync(folder, "run", "create-backup", "-e", "production")).ExitCode);
        var archive = Assert.Single(new BackupFolder(folder.Backups).List("production")).Archive;
        await characters.DeleteManyAsync("{ _id: { $gte: 7 } }", Token);
        string[] restore = ["run", "restore-backup", "-e", "production", "--archive", archive];

        var plan = await RunAsync(folder, [.. restore, "--plan"]);
        var unconfirmed = await RunAsync(folder, restore);
        Assert.Equal(7, await characters.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
        var restored = await RunAsync(folder, [.. restore, "--confirm", folder.Production.Name, "--reason", "a test"]);
        Assert.Equal((0, 50), (restored.ExitCode, await characters.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token)));
        var undone = await RunAsync(folder, "run", "undo-restore", "-e", "production", "--confirm", folder.Production.Name, "--reason", "a test");

        Assert.True(plan.ExitCode == 0, plan.Output);
        Assert.Contains("characters: moved aside to __before_<run>.characters, the other takes its place (7 documents now, 50 afterwards)", plan.Output, StringComparison.Ordinal);
        Assert.Equal(2, unconfirmed.ExitCode);
        Assert.Contains($"is entirely the new one: 1 collections, 50 documents of {archive}.", restored.Output, StringComparison.Ordinal);
        Assert.True(undone.ExitCode == 0, undone.Output);
        Assert.Equal(7, await characters.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
    }

    [Fact]
    public async Task Restores_and_undoes_on_a_server_that_a_variable_names_and_refuses_to_undo_it_on_the_configured_one()
    {
        await using var folder = new ProductFolder();
        await using var other = await OwnMongo.StartAsync(Token);
        await folder.Production.Documents("characters").InsertManyAsync(Enumerable.Range(0, 50).Select(number => new BsonDocument("_id", number)), cancellationToken: Token);
        Assert.Equal(0, (await RunAsync(folder, "run", "create-backup", "-e", "production")).ExitCode);
        using var client = new MongoClient(other.ConnectionString);
        var there = client.GetDatabase(folder.Production.Name).GetCollection<BsonDocument>("characters");
        await there.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);
        string[] said = ["--confirm", folder.Production.Name, "--reason", "a test"];
        string[] undo = ["run", "undo-restore", "-e", "production", .. said];

        var restored = await ThereAsync(["run", "restore-backup", "-e", "production", "--server-from", "MONGODB_URI", .. said]);
        Assert.True(restored.ExitCode == 0, restored.Output);
        Assert.Equal(50, await there.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
        var refused = await ThereAsync(undo);
        var undone = await ThereAsync([.. undo, "--server-from", "MONGODB_URI"]);
        var unset = await ThereAsync([.. undo, "--server-from", "NO_SUCH_VARIABLE"]);

        Assert.Equal((1, true), (refused.ExitCode, refused.Output.Contains("scripts/dashboard run undo-restore --environment production --run ", StringComparison.Ordinal)));
        Assert.True(undone.ExitCode == 0, undone.Output);
        Assert.Equal(1, await there.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
        Assert.Equal((2, true), (unset.ExitCode, unset.Output.Contains("The variable NO_SUCH_VARIABLE, which --server-from names, is not set", StringComparison.Ordinal)));

        Task<(int ExitCode, string Output)> ThereAsync(string[] arguments) =>
            ProductProcess.RunAsync(folder, other.ConnectionString, ("DASHBOARD_MONGODB_URI", mongo.ConnectionString), arguments);
    }

    [Fact]
    public async Task Previews_a_file_where_there_is_neither_server_nor_configuration()
    {
        await using var folder = new ProductFolder();
        await folder.Production.Documents("characters").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);
        Assert.Equal(0, (await RunAsync(folder, "run", "create-backup", "-e", "production")).ExitCode);
        var path = Path.Combine(folder.Backups, Assert.Single(new BackupFolder(folder.Backups).List("production")).Archive);
        var cut = Path.Combine(folder.Path, "cut.gz");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(path, Token))[..^10], Token);
        Directory.Delete(Path.Combine(folder.Path, "config"), recursive: true);

        var whole = await ProductProcess.RunAsync(folder, null, "preview-restore", path, "--target-db", "elsewhere");
        var damaged = await ProductProcess.RunAsync(folder, null, "preview-restore", cut);
        var missing = await ProductProcess.RunAsync(folder, null, "preview-restore", path + ".nothing");
        var unnamed = await ProductProcess.RunAsync(folder, null, "preview-restore");

        Assert.Equal((0, true), (whole.ExitCode, whole.Output.Contains("elsewhere.characters: 1 documents, ", StringComparison.Ordinal)));
        Assert.Equal((1, true), (damaged.ExitCode, damaged.Output.Contains("is damaged", StringComparison.Ordinal)));
        Assert.Equal(2, missing.ExitCode);
        Assert.Equal(2, unnamed.ExitCode);
    }

    private Task<(int ExitCode, string Output)> RunAsync(ProductFolder folder, params string[] arguments) => ProductProcess.RunAsync(folder, mongo.ConnectionString, arguments);
}
