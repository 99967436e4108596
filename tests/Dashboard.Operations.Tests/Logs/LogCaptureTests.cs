using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Logs;

public sealed class LogCaptureTests(MongoFixture mongo) : EngineTest(mongo)
{
    // Mongo keeps milliseconds.
    private readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    private LogStore Store => Engine.Get<LogStore>();

    [Fact]
    public async Task Stores_each_line_once_in_its_order()
    {
        Engine.Platform.Print(_now, "first");
        Engine.Platform.Print(_now, "second");
        Engine.Platform.Print(_now, "second", machine: "m2");
        Assert.Equal(3, await CaptureAsync());
        Assert.Equal(0, await CaptureAsync());
        Engine.Platform.Print(_now, "third");
        Assert.Equal(1, await CaptureAsync());

        // Another dashboard does not know what this one stored.
        using var other = new TestEngine(Ground.Settings);
        foreach (var line in await Engine.Platform.LogsAsync("staging", Token))
            other.Platform.Print(line.At, line.Text, line.Machine);
        Assert.Equal(0, await other.Get<LogCapture>().CaptureAsync("staging", Token));

        var answer = await ReadAsync();
        Assert.Equal(["first", "second", "second", "third"], answer.Lines.Select(line => line.Text));
        Assert.Empty(answer.Gaps);
    }

    [Fact]
    public async Task Shows_a_gap_where_two_looks_have_no_line_in_common()
    {
        Engine.Platform.Print(_now.AddMinutes(-10), "early");
        await CaptureAsync();
        for (var number = 0; number < 150; number++)
            Engine.Platform.Print(_now.AddMinutes(-5).AddMilliseconds(number), string.Create(CultureInfo.InvariantCulture, $"line {number}"));
        await CaptureAsync();
        await CaptureAsync();

        var gap = Assert.Single((await ReadAsync()).Gaps);

        Assert.Equal((_now.AddMinutes(-10), _now.AddMinutes(-5).AddMilliseconds(50)), (gap.From, gap.To));
        Assert.Matches("^not captured from .* to .* UTC: the still platform keeps only the latest 100 lines$", gap.Sentence);
    }

    [Fact]
    public async Task Shows_no_gap_when_nothing_was_said_meanwhile()
    {
        Engine.Platform.Print(_now.AddMinutes(-10), "early");
        await CaptureAsync();
        using var restarted = new TestEngine(Ground.Settings);
        restarted.Platform.Print(_now.AddMinutes(-10), "early");
        restarted.Platform.Print(_now, "late");

        await restarted.Get<LogCapture>().CaptureAsync("staging", Token);

        var answer = await ReadAsync();
        Assert.Equal(["early", "late"], answer.Lines.Select(line => line.Text));
        Assert.Empty(answer.Gaps);
    }

    [Fact]
    public async Task Cuts_what_is_too_long_and_says_so()
    {
        Engine.Platform.Print(_now, new string('x', LogLine.LongestText - 1) + "😀" + new string('y', 100));
        await CaptureAsync();

        var text = Assert.Single((await ReadAsync()).Lines).Text;

        Assert.Equal(new string('x', LogLine.LongestText - 1) + " … [cut: the line has 4,101 characters]", text);
    }

    [Fact]
    public async Task Keeps_no_more_lines_of_an_environment_than_its_bound()
    {
        for (var number = 0; number < 50; number++)
            Engine.Platform.Print(_now.AddSeconds(number - 60), string.Create(CultureInfo.InvariantCulture, $"{number}"));
        await CaptureAsync();
        await CaptureAsync("production");

        await Store.TrimAsync("staging", 20, Token);

        Assert.Equal(Enumerable.Range(30, 20).Select(number => number.ToString(CultureInfo.InvariantCulture)), (await ReadAsync()).Lines.Select(line => line.Text));
        Assert.Equal(50, (await ReadAsync("production")).Lines.Count);
    }

    [Fact]
    public async Task Answers_by_time_level_text_and_machine()
    {
        Engine.Platform.Print(_now.AddHours(-2), "error: old");
        Engine.Platform.Print(_now.AddMinutes(-3), "error: a+b (x)");
        Engine.Platform.Print(_now.AddMinutes(-2), "warn: A+B", machine: "m2");
        Engine.Platform.Print(_now.AddMinutes(-1), "info: aab");
        await CaptureAsync();

        Assert.Equal(["error: a+b (x)"], await TextsAsync(query => query with { Level = LineLevel.Error }));
        Assert.Equal(["error: a+b (x)", "warn: A+B"], await TextsAsync(query => query with { Level = LineLevel.Warning }));
        Assert.Equal(["error: a+b (x)", "warn: A+B"], await TextsAsync(query => query with { Contains = "a+B" }));
        Assert.Equal(["warn: A+B"], await TextsAsync(query => query with { Machine = "m2" }));
        Assert.Equal(["info: aab"], await TextsAsync(query => query with { Limit = 1 }));
        Assert.Equal(["error: old"], await TextsAsync(query => query with { Since = _now.AddHours(-3), Until = _now.AddHours(-1) }));
        Assert.Equal(["m1", "m2"], await Store.MachinesAsync("staging", Token));
    }

    [Fact]
    public async Task The_operation_tells_lines_gaps_and_facts()
    {
        Engine.Platform.Print(_now.AddMinutes(-3), "error: it broke");
        Engine.Platform.Print(_now.AddMinutes(-2), "info: it goes");

        var run = await Engine.RunAsync("read-logs", request: new JsonObject { ["since"] = "15m", ["level"] = "error" }, stopping: Token);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Matches("^1 lines of staging since .* UTC, error and worse\\.$", run.Message);
        Assert.Equal(("1", "1", "0"), (run.Facts["lines"], run.Facts["errors"], run.Facts["gaps"]));
        var lines = await Engine.History.LinesAsync(run.Id, 0, Token);
        Assert.Contains(lines, line => line.Level == LineLevel.Error && line.Text.EndsWith("m1 ERROR   error: it broke", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Text.StartsWith("Nothing before ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_operation_reads_its_own_copy_when_the_platform_is_away()
    {
        Engine.Platform.Print(_now.AddMinutes(-3), "error: it broke");
        await CaptureAsync();
        Engine.Platform.Failure = new PlatformException(PlatformFailure.Unreachable, "Nobody answered.");

        var run = await Engine.RunAsync("read-logs", stopping: Token);

        Assert.Equal((RunState.Succeeded, "1"), (run.State, run.Facts["lines"]));
        Assert.Contains(await Engine.History.LinesAsync(run.Id, 0, Token), line => line.Text == "The latest lines are not among these: Nobody answered.");
    }

    [Theory]
    [InlineData("""{"since": "yesterday"}""", "since")]
    [InlineData("""{"until": "15x"}""", "until")]
    [InlineData("""{"level": "loud"}""", "level")]
    [InlineData("""{"limit": 0}""", "limit")]
    public async Task Refuses_a_request_that_does_not_fit(string request, string field)
    {
        var result = await Engine.Intake.AcceptAsync(TestEngine.Call("read-logs", request: JsonNode.Parse(request)!.AsObject()), Token);

        Assert.Equal([field], Assert.IsType<IntakeResult.Invalid>(result).Errors.Keys);
    }

    [Fact]
    public async Task The_operation_runs_once_however_often_it_is_delivered_and_can_be_cancelled()
    {
        using var hook = FailpointHook.Install();
        var runId = await Engine.AcceptAsync("read-logs");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Engine.Runner.RunAsync(runId, Token)));
        Assert.Equal(1, hook.CountOf(Operations.Faults.Failpoints.BodyBegins));

        var cancelled = await Engine.AcceptAsync("read-logs");
        await Engine.Runs.CancelAsync(cancelled, "Ann", Token);
        Assert.Equal(RunState.Cancelled, (await Engine.Runner.RunAsync(cancelled, Token))?.State);
    }

    private Task<int> CaptureAsync(string environment = "staging") => Engine.Get<LogCapture>().CaptureAsync(environment, Token);

    private Task<LogAnswer> ReadAsync(string environment = "staging") => Store.ReadAsync(new LogQuery(environment, _now.AddHours(-1)), Token);

    private async Task<IReadOnlyList<string>> TextsAsync(Func<LogQuery, LogQuery> change) =>
        [.. (await Store.ReadAsync(change(new LogQuery("staging", _now.AddHours(-1))), Token)).Lines.Select(line => line.Text)];
}
