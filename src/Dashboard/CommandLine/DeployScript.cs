using System.CommandLine;
using System.Text.Json.Nodes;
using Dashboard.Hosting;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>
/// The runbook's deploy-with-migrations.sh, which takes the environment, dry_run and skip_migrations as variables or by position. Who says both has to
/// say the same: the one that is not meant must never win.
/// </summary>
internal static class DeployScript
{
    private const string Help = """
        Backs up, migrates, deploys and looks that the version answers. Arguments, or variables of the same meaning:
          environment      DEPLOY_ENV         environment of config/dashboard.json              staging
          dry_run          DRY_RUN            true: print the plan, do nothing                  false
          skip_migrations  SKIP_MIGRATIONS    true: what is pending stays so                    false
                           DEPLOY_IMAGE       what is deployed                                  what the environment before it runs; for the first one its own again
                           DEPLOY_TIMEOUT     milliseconds for a machine to become healthy      as configured
                           DEPLOY_EMERGENCY   true: outside the window or on another day        false
                           FORCE_DEPLOY       true: no question, also where data can get lost   false
                           MONGODB_URI        the server of its data                            as configured
                           MONGODB_DB_NAME    its database                                      as configured
        Exit code 0: the version answers; 1: it does not, and the last line says what runs; 2: nothing was begun.
        """;

    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var environment = new Argument<string?>("environment") { Arity = ArgumentArity.ZeroOrOne };
        var dryRun = new Argument<string?>("dry_run") { Arity = ArgumentArity.ZeroOrOne };
        var skip = new Argument<string?>("skip_migrations") { Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("deploy-with-migrations", Help) { environment, dryRun, skip };
        command.SetAction((parsed, cancellationToken) => guard(() =>
        {
            var given = options() with { Serves = false };
            var says = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["DEPLOY_ENV"] = parsed.GetValue(environment),
                ["DRY_RUN"] = parsed.GetValue(dryRun),
                ["SKIP_MIGRATIONS"] = parsed.GetValue(skip),
            };
            return RunAsync(given, says, cancellationToken);
        }));
        return command;
    }

    private static async Task<int> RunAsync(DashboardOptions options, IReadOnlyDictionary<string, string?> positions, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in positions)
        {
            if (value is { Length: > 0 } && options.Variable(name) is { Length: > 0 } other && other != value)
                return await Refusal.SayAsync($"{name} is '{other}' and the argument says '{value}': say one of them, or the same twice. Nothing was done.");
        }

        var variables = new ScriptVariables(name => positions.GetValueOrDefault(name) is { Length: > 0 } value ? value : options.Variable(name));
        await using var app = await DashboardApp.CreateAsync(options with { Target = variables.Target }, cancellationToken);
        var (image, problem) = await ImageAsync(app, variables, cancellationToken);
        if (image is null)
            return await Refusal.SayAsync(problem);
        var request = new JsonObject { ["image"] = image, ["emergency"] = variables.Flag("DEPLOY_EMERGENCY") ?? false };
        // "With migrations" is what the script is called: who runs it has said so.
        request["migrations"] = variables.Flag("SKIP_MIGRATIONS") ?? false ? "skip" : "run";

        var call = new OperationCall("deploy-release", variables.Environment, "scripts/deploy-with-migrations.sh", request, ForegroundRun.Visit);
        return await ScriptConfirmation.RunAsync(app, call, "FORCE_DEPLOY", variables.Flag("FORCE_DEPLOY") ?? false, variables.Flag("DRY_RUN") ?? false, cancellationToken);
    }

    /// <summary>Nothing is built here: an image comes from CI, or has proven itself in the environment before.</summary>
    private static async Task<(string? Image, string Problem)> ImageAsync(DashboardApp app, ScriptVariables variables, CancellationToken cancellationToken)
    {
        if (variables.Text("DEPLOY_IMAGE") is { } said)
            return (said, string.Empty);
        var names = app.Settings.Environments.Select(environment => environment.Name).ToList();
        var at = names.IndexOf(variables.Environment);
        var from = at > 0 ? names[at - 1] : variables.Environment;
        try
        {
            var status = await app.Services.GetRequiredService<IPlatform>().StatusAsync(from, cancellationToken);
            if (status.Image is not { } image)
                return (null, $"{from} runs nothing that could be deployed; set DEPLOY_IMAGE.");
            await Console.Out.WriteLineAsync($"DEPLOY_IMAGE is not set: {image}, which {from} runs.");
            return (image, string.Empty);
        }
        catch (PlatformException exception)
        {
            return (null, $"DEPLOY_IMAGE is not set, and what {from} runs cannot be told: {exception.Message}");
        }
    }
}
