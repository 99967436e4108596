using System.Text.Json;
using Dashboard.Hosting;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.CommandLine;

/// <summary>A run in this process, with its log on the terminal; Ctrl+C asks it to cancel, as the button would.</summary>
internal static class ForegroundRun
{
    public static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static string Actor => $"{Environment.UserName} on the command line";

    public static Visit Visit => Visit.OfMachine(Actor, Door.CommandLine);

    /// <summary>The exit code, and the run as it ended; no run when the call was refused, which has then been said.</summary>
    public static async Task<(int ExitCode, Run? Run)> StartAsync(DashboardApp app, OperationCall call, bool json, CancellationToken cancellationToken)
    {
        // Before this nothing was begun, and the signals may end the process as ever.
        using var interruption = new Interruption();
        var answer = await app.Services.GetRequiredService<Intake>().AcceptAsync(call, cancellationToken);
        if (answer is not IntakeResult.Accepted accepted)
            return (await Refusal.SayAsync(answer), null);
        var ended = await FollowAsync(app, accepted.Run, json, interruption.Token);
        return (ended.State == RunState.Succeeded ? ExitCodes.Succeeded : ExitCodes.Failed, ended);
    }

    private static async Task<Run> FollowAsync(DashboardApp app, Run run, bool json, CancellationToken interrupted)
    {
        var history = app.Services.GetRequiredService<RunHistory>();
        await using var cancel = interrupted.Register(() => _ = app.Services.GetRequiredService<RunStore>().CancelAsync(run.Id, run.Actor, CancellationToken.None));
        var running = app.Services.GetRequiredService<OperationRunner>().RunAsync(run.Id, CancellationToken.None);
        if (!json)
            await PrintLinesAsync(history, run.Id, running);

        var ended = await running ?? run;
        if (json)
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(RunAnswer.Of(ended, app.Services.GetRequiredService<TimeProvider>().GetUtcNow()), Indented));
        return ended;
    }

    private static async Task PrintLinesAsync(RunHistory history, string runId, Task running)
    {
        var seen = 0;
        for (var last = false; !last;)
        {
            last = running.IsCompleted;
            foreach (var line in await LinesAsync(history, runId, seen))
            {
                await (line.Level == LineLevel.Info ? Console.Out : Console.Error).WriteLineAsync(line.Text);
                seen = line.Number;
            }

            await Task.WhenAny(running, Task.Delay(Look));
        }
    }

    /// <summary>The run waits for its database by itself; what it says meanwhile comes later.</summary>
    private static async Task<IReadOnlyList<RunLine>> LinesAsync(RunHistory history, string runId, int after)
    {
        try
        {
            return await history.LinesAsync(runId, after, CancellationToken.None);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return [];
        }
    }
}
