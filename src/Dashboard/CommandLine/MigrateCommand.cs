using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Hosting;
using Dashboard.Operations;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>
/// <c>migrate status|up|down|validate|create</c>, as the team's npm scripts are called, with exit codes that tell the truth. It needs no dashboard;
/// <c>up</c> and <c>down</c> are the operations themselves, with their lease and their run.
/// </summary>
internal static class MigrateCommand
{
    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var environment = new Option<string?>("--environment", "-e") { Description = "As in config/dashboard.json; DEPLOY_ENV, else staging.", Recursive = true };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text.", Recursive = true };
        var command = new Command("migrate", "The migrations of an environment's database. MONGODB_URI and MONGODB_DB_NAME say another than the configured one.") { environment, json };
        command.Subcommands.Add(Verb("status", "What is executed, pending, failed, drifted and orphaned. 0: nothing is wrong; 1: something is, or it cannot be read.", StatusAsync));
        command.Subcommands.Add(Verb("validate", "Check the files; needs no database. 0: all well-formed; 1: not.", ValidateAsync));
        command.Subcommands.Add(Up());
        command.Subcommands.Add(Down());
        command.Subcommands.Add(New());
        return command;

        Command Verb(string name, string help, Func<Asked, CancellationToken, Task<int>> run)
        {
            var verb = new Command(name, help);
            verb.SetAction((parsed, cancellationToken) => guard(() => run(AskedOf(parsed), cancellationToken)));
            return verb;
        }

        Command Up()
        {
            var upTo = new Option<string?>("--up-to") { Description = "The last version to run." };
            var (dryRun, retry) = (new Option<bool>("--dry-run") { Description = "Say what would run." }, new Option<bool>("--retry-failed") { Description = "Go on with one that failed." });
            var more = new ConfirmOptions();
            var verb = new Command("up", "Run what is pending. 0: done, or nothing to do; 1: failed; 2: nothing was begun.") { upTo, dryRun, retry, more.Emergency, more.Confirm, more.Reason };
            verb.SetAction((parsed, cancellationToken) => guard(() => OperateAsync(
                AskedOf(parsed),
                "run-migrations",
                new JsonObject { ["upTo"] = parsed.GetValue(upTo), ["dryRun"] = parsed.GetValue(dryRun), ["retryFailed"] = parsed.GetValue(retry), ["emergency"] = parsed.GetValue(more.Emergency) },
                parsed.GetValue(more.Confirm),
                parsed.GetValue(more.Reason),
                cancellationToken)));
            return verb;
        }

        Command Down()
        {
            var steps = new Argument<int?>("steps") { Description = "How many, from the newest; 1 when nothing is said.", Arity = ArgumentArity.ZeroOrOne };
            var to = new Option<string?>("--to") { Description = "The version that stays." };
            var more = new ConfirmOptions();
            var verb = new Command("down", "Roll back the newest. 0: done; 1: failed; 2: nothing was begun.") { steps, to, more.Emergency, more.Confirm, more.Reason };
            verb.SetAction((parsed, cancellationToken) => guard(() => OperateAsync(
                AskedOf(parsed),
                "roll-back-migrations",
                new JsonObject { ["steps"] = parsed.GetValue(steps), ["to"] = parsed.GetValue(to), ["emergency"] = parsed.GetValue(more.Emergency) },
                parsed.GetValue(more.Confirm),
                parsed.GetValue(more.Reason),
                cancellationToken)));
            return verb;
        }

        Command New()
        {
            var words = new Argument<string[]>("words") { Description = "What it does, in plain words.", Arity = ArgumentArity.OneOrMore };
            var verb = new Command("create", "Write the next file; never over another. 0: written; 1: not; 2: the words make no file name.") { words };
            verb.SetAction((parsed, cancellationToken) => guard(() => CreateAsync(AskedOf(parsed), parsed.GetRequiredValue(words), cancellationToken)));
            return verb;
        }

        Asked AskedOf(ParseResult parsed) => new(options() with { Serves = false }, parsed.GetValue(environment), parsed.GetValue(json));
    }

    private static async Task<int> StatusAsync(Asked asked, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(asked.Options with { Target = asked.Target }, cancellationToken);
        var section = await app.Services.GetRequiredService<MigrationPages>().FindAsync(asked.Target.Environment, cancellationToken);
        if (section?.Status is not { } status)
        {
            await Console.Error.WriteLineAsync(section?.Problem ?? $"There is no environment '{asked.Target.Environment}'.");
            return section is null ? ExitCodes.Refused : ExitCodes.Failed;
        }

        await Console.Out.WriteLineAsync(asked.Json ? JsonSerializer.Serialize(MigrationAnswer.Of(section), ForegroundRun.Indented) : MigrationOutput.TextOf(section, status));
        foreach (var problem in status.Problems)
            await Console.Error.WriteLineAsync(problem);
        return status.Problems.Count > 0 || status.Entries.Any(entry => entry.State is MigrationState.Failed or MigrationState.Running) ? ExitCodes.Failed : ExitCodes.Succeeded;
    }

    private static async Task<int> ValidateAsync(Asked asked, CancellationToken cancellationToken)
    {
        var rules = RulesOf(asked);
        var folder = await MigrationFolder.ReadAsync(rules.Folder, rules.Collection, cancellationToken);
        if (asked.Json)
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { valid = folder.Problems.Count == 0, files = folder.Files.Select(file => file.Filename), problems = folder.Problems }, ForegroundRun.Indented));
        else if (folder.Problems.Count == 0)
            await Console.Out.WriteLineAsync($"{folder.Files.Count} files in '{rules.Folder}' are well-formed.");
        foreach (var problem in folder.Problems)
            await Console.Error.WriteLineAsync(problem);
        return folder.Problems.Count == 0 ? ExitCodes.Succeeded : ExitCodes.Failed;
    }

    private static async Task<int> CreateAsync(Asked asked, string[] words, CancellationToken cancellationToken)
    {
        var (path, problem, isRefused) = await NewMigration.WriteAsync(RulesOf(asked).Folder, words, cancellationToken);
        await (path is null ? Console.Error : Console.Out).WriteLineAsync(path ?? problem);
        return path is not null ? ExitCodes.Succeeded : isRefused ? ExitCodes.Refused : ExitCodes.Failed;
    }

    private static async Task<int> OperateAsync(Asked asked, string operation, JsonObject request, string? confirm, string? reason, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(asked.Options with { Target = asked.Target }, cancellationToken);
        foreach (var unsaid in request.Where(field => field.Value is null).Select(field => field.Key).ToList())
            request.Remove(unsaid);
        var call = new OperationCall(operation, asked.Target.Environment, reason ?? "dashboard migrate", request, ForegroundRun.Visit, confirm);
        var preview = await app.Services.GetRequiredService<Intake>().PreviewAsync(call, cancellationToken);
        if (preview.Refusal is { } refusal)
            return await Refusal.SayAsync(refusal);
        if (preview.Plan is { } plan)
        {
            if (plan.Blocks.Count > 0)
                return await Refusal.SayAsync(new IntakeResult.Blocked(plan));
            if (!asked.Json)
                await Console.Out.WriteLineAsync(PlanOutput.TextOf(plan));
            if (plan.WhyAsked is { } why && confirm is null && !await ScriptConfirmation.AskAsync(plan.Target, cancellationToken))
                return await Refusal.SayAsync($"{why} and nobody confirmed it. Say --confirm {plan.Target}, or run it in a terminal and type the name. Nothing was done.");
            call = call with { Confirm = confirm ?? plan.Target, PlanHash = plan.Hash };
        }

        var (exitCode, _) = await ForegroundRun.StartAsync(app, call, asked.Json, cancellationToken);
        return exitCode;
    }

    private static MigrationRules RulesOf(Asked asked)
    {
        // The database is not needed, so nobody has to say where it is.
        var target = asked.Target with { ConnectionString = asked.Target.ConnectionString ?? "mongodb://not-needed" };
        var settings = SettingsFiles.Load(asked.Options.Root, asked.Options.Variable, new ServiceCollection().AddOperations().OperationNames(), isCommandLine: true, target);
        return settings.Environments.First(environment => environment.Name == target.Environment).Settings.Migrations;
    }

    private sealed record Asked(DashboardOptions Options, string? Environment, bool Json)
    {
        public TargetOverride Target
        {
            get
            {
                var said = new ScriptVariables(Options.Variable).Target;
                return Environment is null ? said : said with { Environment = Environment };
            }
        }
    }

    private sealed class ConfirmOptions
    {
        public Option<bool> Emergency { get; } = new("--emergency") { Description = "Also outside the window." };

        public Option<string?> Confirm { get; } = new("--confirm") { Description = "The environment's name, where data can get lost." };

        public Option<string?> Reason { get; } = new("--reason", "-r") { Description = "Why; stays with the run." };
    }
}
