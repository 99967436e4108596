using System.CommandLine;
using Dashboard.Hosting;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary><c>run NAME --environment E</c>: the same gate and the same runner as the button's, in this process.</summary>
internal static class RunCommand
{
    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var name = new Argument<string?>("operation") { Description = "Its name; without one the operations are listed.", Arity = ArgumentArity.ZeroOrOne };
        var environment = new Option<string?>("--environment", "-e") { Description = "As in config/dashboard.json." };
        var reason = new Option<string?>("--reason", "-r") { Description = "Why; stays with the run." };
        var json = new Option<bool>("--json") { Description = "Print the finished run (or the plan) as JSON instead of text." };
        var plan = new Option<bool>("--plan") { Description = "Print what it would do, and do nothing." };
        var confirm = new Option<string?>("--confirm") { Description = "The name of what is changed, for an operation that has a plan." };
        var planHash = new Option<string?>("--plan-hash") { Description = "Refuse unless the plan is still the one of this hash." };
        var serverFrom = new Option<string?>("--server-from") { Description = "Name of the variable that holds the connection string of the environment's data, instead of the configured server." };
        var command = new Command("run", "Do an operation now, in this process. Its own fields are --field value.") { name, environment, reason, json, plan, confirm, planHash, serverFrom };
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
                parsed.GetValue(serverFrom),
                parsed.UnmatchedTokens),
            cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(DashboardOptions options, Asked asked, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(options with { Target = TargetOf(options, asked) }, cancellationToken);
        var catalog = app.Services.GetRequiredService<OperationCatalog>();
        if (asked.Name is null)
        {
            foreach (var known in catalog.All)
                await Console.Out.WriteLineAsync($"{known.Name,-20} {known.Summary}");
            return ExitCodes.Succeeded;
        }

        var (fields, problem) = RequestFields.Read(asked.Fields, catalog.Find(asked.Name)?.RequestType);
        if (fields is null)
            return await Refusal.SayAsync(problem);

        var call = new OperationCall(
            asked.Name, asked.Environment, asked.Reason, fields, ForegroundRun.Visit, asked.Confirm, asked.PlanHash);
        if (asked.Plan)
            return await PlanOutput.ShowAsync(app, call, asked.Json, cancellationToken);

        var (exitCode, _) = await ForegroundRun.StartAsync(app, call, asked.Json, cancellationToken);
        return exitCode;
    }

    /// <summary>By the name of a variable, because a connection string is a secret and arguments are seen by everybody on the machine.</summary>
    private static TargetOverride? TargetOf(DashboardOptions options, Asked asked)
    {
        if (asked.ServerFrom is not { } name)
            return null;
        if (asked.Environment is not { } environment)
            throw new StartRefusedException("--server-from is about the data of one environment; say which with --environment.");
        return options.Variable(name) is { Length: > 0 } connection
            ? new TargetOverride(environment, connection, Database: null)
            : throw new StartRefusedException($"The variable {name}, which --server-from names, is not set; it holds the connection string of the server.");
    }

    private sealed record Asked(
        string? Name, string? Environment, string? Reason, bool Json, bool Plan, string? Confirm, string? PlanHash, string? ServerFrom, IReadOnlyList<string> Fields);
}
