using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

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
    public async Task How_far_a_step_is_waits_for_its_turn_and_holds_up_nothing_else()
    {
        var clock = new FakeTimeProvider();
        var (run, journal) = await JournalAsync(Engine, clock);
        using var ended = new CancellationTokenSource();
        var flushing = journal.KeepFlushingAsync(ended.Token);
        using (journal)
        {
            journal.Progress = new RunProgress(1, 10, "bytes");
            clock.Advance(Engine.Options.Flush);
            await Eventually.TrueAsync(async () => (await Engine.FindAsync(run.Id)).Progress?.Done == 1, "the first report is stored at once");

            journal.Progress = new RunProgress(2, 10, "bytes");
            journal.AddFact("file", "a.gz");
            clock.Advance(Engine.Options.Flush);
            await Eventually.TrueAsync(async () => (await Engine.FindAsync(run.Id)).Facts.ContainsKey("file"), "the fact is stored");
            Assert.Equal(1, (await Engine.FindAsync(run.Id)).Progress?.Done);

            clock.Advance(Engine.Options.ProgressPause);
            await Eventually.TrueAsync(async () => (await Engine.FindAsync(run.Id)).Progress?.Done == 2, "the report is stored in its turn");
            await ended.CancelAsync();
            await flushing;
        }
    }

    [Fact]
    public async Task Collections_are_stored_with_the_reports_of_their_step_and_stay_only_where_it_stopped()
    {
        var (run, journal) = await JournalAsync(Engine);
        using (journal)
        {
            journal.BeginStep("one", StepStop.Now);
            journal.Parts = () => RunParts.Of([new RunPart("users", PartState.AtWork, 3, 10, 300, 1_000)]);
            await journal.FlushAsync(Token);
            var users = Assert.Single((await Engine.FindAsync(run.Id)).Parts!.Shown);
            Assert.Equal(new RunPart("users", PartState.AtWork, 3, 10, 300, 1_000), users);
            Assert.Null((await Engine.History.ActiveAsync(Token)).Single(active => active.Id == run.Id).Parts);

            journal.BeginStep("two", StepStop.Now);
            await journal.FlushAsync(Token);
            Assert.Null((await Engine.FindAsync(run.Id)).Parts);

            journal.Parts = () => RunParts.Of([new RunPart("heroes", PartState.AtWork, 3, 10, 300, 1_000)]);
            journal.EndStep(StepState.Failed);
            journal.EndStep(StepState.Succeeded);
            await journal.FlushAsync(Token);
        }

        Assert.Equal("heroes", (await Engine.FindAsync(run.Id)).Parts?.Shown[0].Name);
    }

    [Fact]
    public void Of_very_many_collections_the_ones_at_work_and_the_largest_are_shown()
    {
        var all = Enumerable.Range(1, 400).Select(number => new RunPart($"c{number}", number <= 200 ? PartState.Done : PartState.Waiting, 0, 0, 0, number)).ToList();
        all[10] = all[10] with { State = PartState.Indexing };
        all[20] = all[20] with { State = PartState.AtWork };

        var parts = RunParts.Of(all);

        Assert.Equal((400, 198, RunParts.MostShown), (parts.Total, parts.Done, parts.Shown.Count));
        Assert.Equal(["c21", "c11", "c400", "c399"], parts.Shown.Take(4).Select(part => part.Name));
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

    private static async Task<(Run Run, RunJournal Journal)> JournalAsync(TestEngine engine, TimeProvider? time = null)
    {
        var run = await engine.Runs.ClaimAsync(await engine.AcceptAsync("ledger-reading"), "a worker", Token);
        return (run!, new RunJournal(run!, engine.Runs, engine.Database, engine.Options, isDetailed: false, time ?? TimeProvider.System, NullLogger.Instance));
    }

    private async Task<List<RunLine>> LinesAsync(string runId)
    {
        var lines = new List<RunLine>();
        while (await Engine.History.LinesAsync(runId, lines.Count == 0 ? 0 : lines[^1].Number, Token) is { Count: > 0 } more)
            lines.AddRange(more);
        return lines;
    }
}
