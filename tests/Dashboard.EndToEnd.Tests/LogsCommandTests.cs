using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The command line's logs, with no dashboard running: what it prints, and the exit codes that scripts rely on.</summary>
public sealed class LogsCommandTests(MongoFixture mongo) : IAsyncLifetime
{
    private readonly ProductFolder _folder = new();
    private readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMongoCollection<LogLine> Lines => new DashboardDatabase(mongo.Client, _folder.Own.Name).Database.GetCollection<LogLine>("logLines");

    public async ValueTask InitializeAsync() => await Lines.InsertManyAsync(
        [Line("a", 90, LineLevel.Error, "old and bad"), Line("b", 5, LineLevel.Info, "it goes"), Line("c", 4, LineLevel.Warning, "it creaks"), Line("d", 3, LineLevel.Error, "it broke")],
        cancellationToken: Token);

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Theory]
    [InlineData("--since 1h", "it goes", "it creaks", "it broke")]
    [InlineData("--since 2h --until 30m", "old and bad")]
    [InlineData("--level warning", "it creaks", "it broke")]
    [InlineData("--level ERROR --since 2h", "old and bad", "it broke")]
    [InlineData("--contains CREAKS", "it creaks")]
    [InlineData("--machine m2")]
    [InlineData("--limit 1", "it broke")]
    public async Task Prints_the_lines_that_were_asked_for_and_nothing_else_and_ends_with_0(string words, params string[] texts)
    {
        var (exitCode, output, _) = await RunAsync(["logs", "-e", "staging", .. words.Split(' ')]);

        Assert.Equal(0, exitCode);
        Assert.Equal(texts, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[35..]));
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} m1 (INFO   |WARNING|ERROR  ) ", line));
    }

    [Fact]
    public async Task Prints_one_object_for_each_line_and_its_remarks_beside_them()
    {
        var (exitCode, output, error) = await RunAsync(["logs", "--environment", "staging", "--since", "2h", "--level", "error", "--limit", "1", "--json"]);

        Assert.Equal(0, exitCode);
        var line = JsonNode.Parse(output)!;
        Assert.Equal(("m1", "error", "it broke"), (line["machine"]!.GetValue<string>(), line["level"]!.GetValue<string>(), line["text"]!.GetValue<string>()));
        Assert.Equal(_now.AddMinutes(-3), DateTimeOffset.Parse(line["at"]!.GetValue<string>(), CultureInfo.InvariantCulture));
        Assert.Contains("Only the newest 1 lines that match are shown.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_latest_lines_of_the_platform_when_no_dashboard_captures_them()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, ".local", "platform", "staging"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "staging-1.log"), $"{_now.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} fail: it has just happened\n", Token);

        // With older lines stored, the time between would be a gap.
        await Lines.DeleteManyAsync(FilterDefinition<LogLine>.Empty, Token);

        var (exitCode, output, _) = await RunAsync(["logs", "-e", "staging", "--level", "error"]);

        Assert.Equal(0, exitCode);
        Assert.Contains("it has just happened", output, StringComparison.Ordinal);
        Assert.Equal(1, await Lines.CountDocumentsAsync(FilterDefinition<LogLine>.Empty, cancellationToken: Token));
    }

    [Fact]
    public async Task Says_what_was_not_captured_and_ends_with_1()
    {
        await Lines.Database.GetCollection<LogGap>("logGaps").InsertOneAsync(
            new LogGap { Id = "staging/1", Environment = "staging", From = _now.AddMinutes(-4), To = _now.AddMinutes(-3), Why = "nobody captured meanwhile" }, cancellationToken: Token);

        var (exitCode, output, error) = await RunAsync(["logs", "-e", "staging"]);

        Assert.Equal(1, exitCode);
        Assert.Contains("it broke", output, StringComparison.Ordinal);
        Assert.Matches("not captured from .* UTC: nobody captured meanwhile", error);
    }

    [Theory]
    [InlineData("-e moon", "There is no environment 'moon'; there are staging, production.")]
    [InlineData("-e staging --since soon", "--since: 'soon' is no time; write 15m, 1h or 30d")]
    [InlineData("-e staging --level loud", "--level: 'loud' is no level; there are info, warning, error.")]
    [InlineData("-e staging --since 1h --until 2h", "--until: It ends before it begins.")]
    [InlineData("-e staging --limit 0", "--limit: It is at least 1.")]
    [InlineData("-e staging --limit many", "many")]
    [InlineData("", "--environment")]
    public async Task Refuses_what_it_cannot_answer_with_2_and_prints_no_line(string words, string sentence)
    {
        var (exitCode, output, error) = await RunAsync(["logs", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("it broke", output, StringComparison.Ordinal);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_the_database_is_away_and_answers_when_it_is_back()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        proxy.Faults = new ProxyFaults { Down = true };
        var away = await RunAsync(["logs", "-e", "staging"], proxy.Through(mongo.ConnectionString));
        proxy.Faults = ProxyFaults.None;
        var back = await RunAsync(["logs", "-e", "staging"], proxy.Through(mongo.ConnectionString));

        Assert.Equal((2, 0), (away.ExitCode, back.ExitCode));
        Assert.Empty(away.Output);
        Assert.DoesNotContain("   at ", away.Error, StringComparison.Ordinal);
        Assert.Matches(@"A timeout occurred after \d+ms selecting a server\. Check that it runs and that its user may write, then start again\.\n$", away.Error);
        Assert.Contains("it broke", back.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_in_a_sentence_that_the_database_went_away_under_the_question()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        // The question names the environment, and nothing before it does.
        proxy.Faults = new ProxyFaults { ResetAfterRequest = "\u0002environment\0" };

        var (exitCode, output, error) = await RunAsync(["logs", "-e", "staging"], proxy.Through(mongo.ConnectionString));

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Matches("The database does not answer: .*\\. Look whether it runs, then try again\\.\n$", error);
    }

    private LogLine Line(string id, int minutesAgo, LineLevel level, string text) =>
        new() { Id = id, Environment = "staging", At = _now.AddMinutes(-minutesAgo), Machine = "m1", Level = level, Text = text, Order = 1 };

    private Task<CommandRun> RunAsync(string[] arguments, string? connectionString = null) => CommandRun.DoAsync(_folder, arguments, connectionString: connectionString);
}
