using DndTracker.Tests.Support;

namespace DndTracker.Tests;

public sealed class ProcessTests : IDisposable
{
    private readonly TestMongo _mongo = new();

    [Fact]
    public async Task Names_every_missing_variable_and_exits_with_one()
    {
        await using var app = TrackerProcess.Start(new Dictionary<string, string>(StringComparer.Ordinal));

        var (exitCode, output) = await app.ExitAsync();

        Assert.Equal(1, exitCode);
        Assert.Equal(
            "DndTracker needs MONGODB_URI (the connection string) and MONGODB_DB_NAME (the database) in the environment: set and start again.", output);
    }

    [Fact]
    public async Task Never_repeats_a_connection_string_it_cannot_read()
    {
        await using var app = TrackerProcess.Start(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MONGODB_URI"] = "mongo://operator:hunter2@nowhere",
            ["MONGODB_DB_NAME"] = "tracker",
        });

        var (exitCode, output) = await app.ExitAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("MONGODB_URI", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_when_its_parent_closes_its_input()
    {
        await using var app = await TrackerProcess.ServeAsync(NewDatabase(), arguments: "--exit-with-parent");

        app.CloseInput();
        var (exitCode, _) = await app.ExitAsync();

        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Lives_on_without_an_input_when_it_was_not_told_to_end_with_its_parent()
    {
        await using var app = await TrackerProcess.ServeAsync(NewDatabase());

        app.CloseInput();
        var answer = await Answer.GetAsync(app, "/api/health");

        Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status);
        Assert.False(app.HasExited);
    }

    [Fact]
    public async Task Ends_in_good_order_when_told_to()
    {
        await using var app = await TrackerProcess.ServeAsync(NewDatabase());

        app.SendTerminate();
        var (exitCode, output) = await app.ExitAsync();

        Assert.Equal(0, exitCode);
        Assert.Contains("Application is shutting down", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_in_one_sentence_that_its_port_is_taken()
    {
        var database = NewDatabase();
        await using var first = await TrackerProcess.ServeAsync(database);
        await using var second = TrackerProcess.Start(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["MONGODB_URI"] = TestMongo.ConnectionString, ["MONGODB_DB_NAME"] = database },
            "--urls", first.Http.BaseAddress!.ToString());

        var (exitCode, output) = await second.ExitAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("DndTracker cannot listen", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    public void Dispose() => _mongo.Dispose();

    private string NewDatabase() => _mongo.NewDatabase().DatabaseNamespace.DatabaseName;
}
