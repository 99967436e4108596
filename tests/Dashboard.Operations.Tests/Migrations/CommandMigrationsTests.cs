using System.Diagnostics;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Migrations;

/// <summary>An application's own runner, played by a script: what it says and how it ends are one thing, what the database says another.</summary>
public sealed class CommandMigrationsTests(MongoFixture mongo)
{
    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_back_from_the_database_what_the_command_applied_and_adds_who_and_which_run()
    {
        await using var ground = await MakeAsync("echo applied; exit 0");
        using var hook = Writes(ground, "001", "002");

        var run = await ground.UpAsync();

        Assert.Equal((RunState.Succeeded, "Migrations 001, 002 are executed in staging."), (run.State, run.Message));
        var record = await ground.RecordAsync("002");
        Assert.Equal((2L, run.Id, "Tess"), (record["sequence"].ToInt64(), record["run"].AsString, record["who"].AsString));
        Assert.Equal("001:Executed 002:Executed", await ground.ShortAsync());
    }

    [Fact]
    public async Task Exit_code_0_with_nothing_applied_is_a_failure()
    {
        await using var ground = await MakeAsync("echo 'All migrations executed successfully'; exit 0");

        var run = await ground.UpAsync();

        Assert.Equal(RunState.Failed, run.State);
        Assert.EndsWith("ended with exit code 0. The database says that 001, 002 are not recorded as executed. The command's output is in the log of this run.", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_complains_and_has_applied_all_is_done_and_says_so()
    {
        await using var ground = await MakeAsync("echo pending; exit 1");
        using var hook = Writes(ground, "001", "002");

        var run = await ground.UpAsync();

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Contains("All was done, and the command complained: ", run.Message, StringComparison.Ordinal);
        Assert.EndsWith("ended with exit code 1.", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_which_were_applied_and_which_were_not()
    {
        await using var ground = await MakeAsync("exit 1");
        using var hook = Writes(ground, "001");

        var run = await ground.UpAsync();

        Assert.Contains("The database says that 002 is not recorded as executed (001 is).", run.Message, StringComparison.Ordinal);
        Assert.EndsWith("Executed before it: 001.", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_back_with_the_number_of_steps_and_sees_that_the_records_are_gone()
    {
        await using var ground = await MakeAsync("exit 0");
        using (Writes(ground, "001", "002"))
            await ground.UpAsync();

        var stayed = await ground.DownAsync();
        using var hook = FailpointHook.Install();
        hook.On(Operations.Faults.Failpoints.MigrationRan, 1, 1, _ => ground.Records.DeleteOneAsync(new BsonDocument("version", "002"), Token));
        var gone = await ground.DownAsync();

        Assert.Contains("The database says that 002 is not gone from the records.", stayed.Message, StringComparison.Ordinal);
        Assert.Equal((RunState.Succeeded, "Migration 002 is rolled back in staging."), (gone.State, gone.Message));
        Assert.Contains(await ground.Engine.History.LinesAsync(gone.Id, 0, Token), line => line.Text == "down 1");
    }

    [Fact]
    public async Task Tells_the_command_the_database_by_variable_and_keeps_every_secret_out_of_the_log()
    {
        await using var ground = await MakeAsync("echo \"uri=$MONGODB_URI db=$MONGODB_DB_NAME token=$FLY_API_TOKEN own=$DASHBOARD_WORKER_SETTINGS at mongodb://ann:hunter2@host/x\"; exit 3");

        var run = await ground.UpAsync();

        var text = string.Join('\n', (await ground.Engine.History.LinesAsync(run.Id, 0, Token)).Select(line => line.Text));
        Assert.Contains($"uri=••• db={ground.Database.DatabaseNamespace.DatabaseName} token=••• own= at mongodb://•••@host/x", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-token", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_a_command_that_takes_too_long_with_everything_that_it_started()
    {
        await using var ground = await MakeAsync("sleep 300 & echo child=$!; wait", limit: TimeSpan.FromSeconds(1));

        var run = await ground.UpAsync();

        Assert.Contains("took longer than migrations.timeout (1000 ms) and was ended.", run.Message, StringComparison.Ordinal);
        var line = (await ground.Engine.History.LinesAsync(run.Id, 0, Token)).Single(line => line.Text.StartsWith("child=", StringComparison.Ordinal)).Text;
        await Eventually.TrueAsync(() => !IsAlive(int.Parse(line["child=".Length..], System.Globalization.CultureInfo.InvariantCulture)), "the command's own child is gone");
    }

    [Fact]
    public async Task A_cancel_ends_the_command()
    {
        await using var ground = await MakeAsync("sleep 300");
        using var hook = FailpointHook.Install();
        var runId = await ground.Engine.ConfirmAsync("run-migrations");
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await Eventually.TrueAsync(() => File.Exists(CommandProcess.FileOf(runId)), "the command runs");

        await ground.Engine.Runs.CancelAsync(runId, "Tess", Token);

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.False(File.Exists(CommandProcess.FileOf(runId)));
    }

    [Fact]
    public async Task Ends_the_command_of_a_dashboard_that_was_killed()
    {
        await using var ground = await MakeAsync("exec sleep 300");
        var runId = await ground.Engine.ConfirmAsync("run-migrations");
        await using var worker = await WorkerProcess.StartAsync(ground.Ground.Settings with { LeaseDuration = TimeSpan.FromSeconds(4) }, "migration.runs=kill", "run", runId);
        await worker.ExitAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                await ground.Engine.Watch.SweepAsync(Token);
                return (await ground.Engine.FindAsync(runId)).RecoveredAt is not null;
            },
            "the run is recovered");

        Assert.False(File.Exists(CommandProcess.FileOf(runId)));
        Assert.StartsWith("The migration command that was still running (process ", (await ground.Engine.FindAsync(runId)).Cleared, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_a_sentence()
    {
        await using var ground = await MakeAsync("exit 0", program: "no-such-program");

        var run = await ground.UpAsync();

        Assert.StartsWith("The command 'no-such-program' could not be started in '", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_cannot_be_noted_on_a_full_volume_is_ended_at_once()
    {
        var mark = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.mark");
        await using var ground = await MakeAsync($"sleep 600; echo on > {mark}");
        var runId = await ground.Engine.ConfirmAsync("run-migrations");
        var inTheWay = Directory.CreateDirectory($"{CommandProcess.FileOf(runId)}.new");

        var run = await ground.Engine.Runner.RunAsync(runId, Token);
        inTheWay.Delete();

        Assert.Equal(RunState.Failed, run?.State);
        Assert.StartsWith($"The command 'bash' was ended at once: '{CommandProcess.FileOf(runId)}', which names the process while it runs, could not be written: ", run?.Message, StringComparison.Ordinal);
        Assert.Contains(" bytes free. Make room there and start again. The database says that 001, 002 are not recorded as executed.", run?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Process.GetProcessesByName("bash").Concat(Process.GetProcessesByName("sleep")), process => CommandOf(process.Id).Contains(mark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cannot_stop_at_one_of_several()
    {
        await using var ground = await MakeAsync("exit 0");

        var run = await ground.UpAsync(("upTo", "001"));

        Assert.Equal("The migration command of staging runs all that is pending and cannot stop at 001. Nothing was migrated.", run.Message);
    }

    private async Task<MigrationGround> MakeAsync(string script, TimeSpan? limit = null, string program = "bash")
    {
        var ground = await MigrationGround.MakeAsync(mongo, rules => rules with
        {
            Timeout = limit ?? TimeSpan.FromMinutes(1),
            Commands = new MigrationCommands
            {
                Folder = Path.GetTempPath(),
                Up = [program, "-c", script],
                Down = ["echo", "down", "{steps}"],
                Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["FLY_API_TOKEN"] = "very-secret-token" },
            },
        });
        ground.WriteText("001_first.js", "module.exports = {};");
        ground.WriteText("002_second.js", "module.exports = {};");
        return ground;
    }

    /// <summary>What the team's runner would write while its command runs.</summary>
    private static FailpointHook Writes(MigrationGround ground, params string[] versions)
    {
        var hook = FailpointHook.Install();
        return hook.On(Operations.Faults.Failpoints.MigrationRan, 1, 1, _ => ground.Records.InsertManyAsync(
            versions.Select(version => new BsonDocument
            {
                ["version"] = version,
                ["description"] = "of the team",
                ["filename"] = $"{version}_x.js",
                ["executedAt"] = Now,
                ["executionTime"] = 5,
                ["rollbackAvailable"] = true,
            }),
            cancellationToken: Token));
    }

    private static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[text.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
