using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashboard.Operations.Tests.Running;

public sealed class RunJournalTests(MongoFixture mongo) : EngineTest(mongo)
{
    [Fact]
    public async Task Stores_what_was_said_in_its_order()
    {
        var (run, journal) = await JournalAsync(Engine);
        using (journal)
        {
            journal.BeginStep("one", StepStop.Now);
            journal.Add(LineLevel.Warning, "careful");
            journal.NoteStep("12 of 12");
            journal.AddFact("file", "a.gz");
            journal.Progress = new RunProgress(3, 4, "files");
            await journal.FlushAsync(Token);
        }

        var stored = await Engine.FindAsync(run.Id);
        Assert.Equal(("one", "12 of 12", StepState.Running), (stored.Steps[0].Title, stored.Steps[0].Note, stored.Steps[0].State));
        Assert.Equal(75, stored.Progress?.Percent);
        Assert.Equal("a.gz", stored.Facts["file"]);
        var lines = await Engine.History.LinesAsync(run.Id, 0, Token);
        Assert.Equal([(1, LineLevel.Info, "one"), (2, LineLevel.Warning, "careful")], lines.Select(line => (line.Number, line.Level, line.Text)));
    }

    [Fact]
    public async Task Says_how_many_lines_it_dropped_when_more_came_than_could_be_stored()
    {
        var (run, journal) = await JournalAsync(Engine);
        using (journal)
        {
            for (var number = 1; number <= 20_005; number++)
                journal.Add(LineLevel.Info, $"line {number}");
            await journal.FlushAsync(Token);
        }

        var lines = await LinesAsync(run.Id);
        Assert.Equal(20_001, lines.Count);
        Assert.Equal("line 6", lines[0].Text);
        Assert.Equal("5 earlier lines were dropped: more came than the dashboard's database could take.", lines[^1].Text);
    }

    [Fact]
    public async Task Long_lines_are_cut_and_wait_in_bounded_memory_the_last_ones_longest()
    {
        var (run, journal) = await JournalAsync(Engine);
        using (journal)
        {
            journal.Add(LineLevel.Info, new string('x', RunJournal.LongestLine - 1) + "😀" + new string('y', 20_000_000));
            await journal.FlushAsync(Token);
            for (var number = 1; number <= 1_000; number++)
                journal.Add(LineLevel.Info, new string('z', 16_000));
            journal.Add(LineLevel.Error, "the last word");
            await journal.FlushAsync(Token);
        }

        var lines = await LinesAsync(run.Id);
        Assert.EndsWith("x… (the first 16383 of 20016385 characters)", lines[0].Text, StringComparison.Ordinal);
        Assert.Equal((LineLevel.Error, "the last word"), (lines[^2].Level, lines[^2].Text));
        Assert.Equal("501 earlier lines were dropped: more came than the dashboard's database could take.", lines[^1].Text);
        Assert.Equal(1 + 499 + 2, lines.Count);
    }

    [Fact]
    public async Task Keeps_what_was_said_until_the_database_is_back()
    {
        await using var proxy = FaultProxy.InFrontOf(Ground.Settings.ConnectionString);
        using var behind = new TestEngine(Ground.Settings with { ConnectionString = proxy.Through(Ground.Settings.ConnectionString), StorePatience = TimeSpan.FromMilliseconds(300) });
        var (run, journal) = await JournalAsync(behind);
        using (journal)
        {
            proxy.Faults = new ProxyFaults { Down = true };
            journal.BeginStep("said while it was away", StepStop.Now);
            var flushing = journal.FlushAsync(Token);
            journal.Add(LineLevel.Info, "and more");
            Assert.False(flushing.IsCompleted);
            proxy.Faults = ProxyFaults.None;
            await flushing;
            await journal.FlushAsync(Token);
        }

        Assert.Equal("said while it was away", (await Engine.FindAsync(run.Id)).Steps[0].Title);
        Assert.Equal(["said while it was away", "and more"], (await LinesAsync(run.Id)).Select(line => line.Text).ToArray());
    }

    [Fact]
    public async Task Refuses_to_store_for_a_run_that_was_given_up()
    {
        var (run, journal) = await JournalAsync(Engine);
        await Engine.Runs.FinishAsync(run.Id, RunState.Interrupted, "given up", [], Token);
        using (journal)
        {
            journal.BeginStep("too late", StepStop.Now);

            await Assert.ThrowsAsync<LeaseLostException>(() => journal.FlushAsync(Token));
        }

        Assert.Empty((await Engine.FindAsync(run.Id)).Steps);
        Assert.Empty(await LinesAsync(run.Id));
        Assert.Equal(1, (await Engine.FindAsync(run.Id)).RefusedWrites);
    }

    private static async Task<(Run Run, RunJournal Journal)> JournalAsync(TestEngine engine)
    {
        var run = await engine.Runs.ClaimAsync(await engine.AcceptAsync("ledger-reading"), "a worker", Token);
        return (run!, new RunJournal(run!, engine.Runs, engine.Database, engine.Options, isDetailed: false, TimeProvider.System, NullLogger.Instance));
    }

    private async Task<List<RunLine>> LinesAsync(string runId)
    {
        var lines = new List<RunLine>();
        while (await Engine.History.LinesAsync(runId, lines.Count == 0 ? 0 : lines[^1].Number, Token) is { Count: > 0 } more)
            lines.AddRange(more);
        return lines;
    }
}
