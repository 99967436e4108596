using System.CommandLine;
using System.Text.Json;
using Dashboard.Hosting;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary><c>run NAME --environment E</c>: the same gate and the same runner as the button's, in this process.</summary>
internal static class RunCommand
{
    internal static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var name = new Argument<string?>("operation") { Description = "Its name; without one the operations are listed.", Arity = ArgumentArity.ZeroOrOne };
        var environment = new Option<string?>("--environment", "-e") { Description = "As in config/dashboard.json." };
        var reason = new Option<string?>("--reason", "-r") { Description = "Why; stays with the run." };
        var json = new Option<bool>("--json") { Description = "Print the finished run (or the plan) as JSON instead of text." };
        var plan = new Option<bool>("--plan") { Description = "Print what it would do, and do nothing." };
        var confirm = new Option<string?>("--confirm") { Description = "The name of what is changed, for an operation that has a plan." };
        var planHash = new Option<string?>("--plan-hash") { Description = "Refuse unless the plan is still the one of this hash." };
        var command = new Command("run", "Do an operation now, in this process. Its own fields are --field value.") { name, environment, reason, json, plan, confirm, planHash };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellationToken) => guard(() => RunAsync(
            options() with { Serves = false },
            new Asked(
                parsed.GetValue(name),
                parsed.GetValue(environment),
                parsed.GetValue(reason),
                parsed.GetValue(json),
                parsed.GetValue(plan),
                parsed.GetValue(confirm),
                parsed.GetValue(planHash),
                parsed.UnmatchedTokens),
            cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(DashboardOptions options, Asked asked, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(options, cancellationToken);
        var catalog = app.Services.GetRequiredService<OperationCatalog>();
        if (asked.Name is null)
        {
            foreach (var known in catalog.All)
                await Console.Out.WriteLineAsync($"{known.Name,-20} {known.Summary}");
            return ExitCodes.Succeeded;
        }

        var (fields, problem) = RequestFields.Read(asked.Fields, catalog.Find(asked.Name)?.RequestType);
        if (fields is null)
            return await RefuseAsync(problem);

        var call = new OperationCall(
            asked.Name, asked.Environment, asked.Reason, fields, $"{Environment.UserName} on the command line", Door.CommandLine, asked.Confirm, asked.PlanHash);
        if (asked.Plan)
            return await PlanOutput.ShowAsync(app, call, asked.Json, cancellationToken);

        // Before this nothing was begun, and the signals may end the process as ever.
        using var interruption = new Interruption();
        return await app.Services.GetRequiredService<Intake>().AcceptAsync(call, cancellationToken) switch
        {
            IntakeResult.Accepted accepted => await FollowAsync(app, accepted.Run, asked.Json, interruption.Token),
            var refusal => await RefuseAsync(refusal),
        };
    }

    /// <summary>Says why nothing was begun.</summary>
    internal static async Task<int> RefuseAsync(IntakeResult refusal)
    {
        switch (refusal)
        {
            case IntakeResult.LeaseHeld held:
                return await FailAsync(held.Sentence);
            case IntakeResult.Blocked blocked:
                await Console.Error.WriteLineAsync(PlanOutput.TextOf(blocked.Plan));
                return await FailAsync(blocked.Sentence);
            case IntakeResult.Unconfirmed unconfirmed:
                await Console.Error.WriteLineAsync(PlanOutput.TextOf(unconfirmed.Plan));
                return await RefuseAsync($"{unconfirmed.Sentence} On the command line: --confirm {unconfirmed.Plan.Target} --reason \"…\".");
            case IntakeResult.UnknownOperation unknown:
                return await RefuseAsync($"There is no operation '{unknown.Name}'; there are {string.Join(", ", unknown.Known)}.");
            case IntakeResult.Invalid invalid:
                return await RefuseAsync(string.Join(Environment.NewLine, invalid.Errors.SelectMany(error => error.Value.Select(text => $"{error.Key}: {text}"))));
            default:
                throw new InvalidOperationException("The intake gave an answer that the command line does not know.");
        }
    }

    /// <summary>Ctrl+C asks the run to cancel, as the button would, and waits for its clean-up.</summary>
    private static async Task<int> FollowAsync(DashboardApp app, Run run, bool json, CancellationToken interrupted)
    {
        var history = app.Services.GetRequiredService<RunHistory>();
        await using var cancel = interrupted.Register(() => _ = app.Services.GetRequiredService<RunStore>().CancelAsync(run.Id, run.Actor, CancellationToken.None));
        var running = app.Services.GetRequiredService<OperationRunner>().RunAsync(run.Id, CancellationToken.None);
        if (!json)
            await PrintLinesAsync(history, run.Id, running);

        var ended = await running ?? run;
        if (json)
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(RunAnswer.Of(ended), Indented));
        return ended.State == RunState.Succeeded ? ExitCodes.Succeeded : ExitCodes.Failed;
    }

    private static async Task PrintLinesAsync(RunHistory history, string runId, Task running)
    {
        var seen = 0;
        for (var last = false; !last;)
        {
            last = running.IsCompleted;
            foreach (var line in await history.LinesAsync(runId, seen, CancellationToken.None))
            {
                await (line.Level == LineLevel.Info ? Console.Out : Console.Error).WriteLineAsync(line.Text);
                seen = line.Number;
            }

            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(200)));
        }
    }

    private static async Task<int> RefuseAsync(string? sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return ExitCodes.Refused;
    }

    private static async Task<int> FailAsync(string sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return ExitCodes.Failed;
    }

    private sealed record Asked(
        string? Name, string? Environment, string? Reason, bool Json, bool Plan, string? Confirm, string? PlanHash, IReadOnlyList<string> Fields);
}
