using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Hosting;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>The runbook's rollback-deployment.sh: the plan with its verdict first, and a question only where data can get lost.</summary>
internal static class RollbackScript
{
    public const string Help = """
        Goes back to the version before, with what that needs, and looks that it answers. Variables:
          DEPLOY_ENV               environment of config/dashboard.json                       staging
          ROLLBACK_TYPE            auto, app, migration or database                           auto
          ROLLBACK_TO              a release: its number, image or id                         the newest good one before
          MIGRATION_STEPS          for type migration: how many are taken back                1
          BACKUP_PATH              for type database, and where auto needs one                the backup made right before the release
          ROLLBACK_DRY_RUN         true: print the plan of all stages, do nothing             false
          FORCE_ROLLBACK           true: no question, also where data can get lost            false
          ROLLBACK_EMERGENCY       true: outside the window or on another day                 false
          MONGODB_URI              the server of its data                                     as configured
          MONGODB_DB_NAME          its database                                               as configured
        Exit code 0: the earlier version answers; 1: it does not; 2: nothing was begun.
        """;

    public static async Task<int> RunAsync(DashboardOptions options, ScriptVariables variables, CancellationToken cancellationToken)
    {
        if (!variables.SaysEnvironment)
            await Console.Error.WriteLineAsync($"DEPLOY_ENV is not set: this is about {variables.Environment}. For another environment say for instance DEPLOY_ENV=production.");
        var steps = 1;
        if (variables.Text("MIGRATION_STEPS") is { } text && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out steps))
            return await Refusal.SayAsync($"MIGRATION_STEPS is '{text}'; it is a whole number from 1 on.");
        if (variables.Text("BACKUP_PATH") is { } path && !File.Exists(path))
            return await Refusal.SayAsync($"There is no backup '{path}': BACKUP_PATH is the path of an archive.");
        var request = new JsonObject { ["type"] = variables.Text("ROLLBACK_TYPE") ?? "auto", ["steps"] = steps, ["emergency"] = variables.Flag("ROLLBACK_EMERGENCY") ?? false };
        if (variables.Text("ROLLBACK_TO") is { } release)
            request["to"] = release;
        if (variables.Text("BACKUP_PATH") is { } archive)
            request["archive"] = Path.GetFullPath(archive);

        await using var app = await DashboardApp.CreateAsync(options with { Target = variables.Target }, cancellationToken);
        var call = new OperationCall("roll-back", variables.Environment, "scripts/rollback-deployment.sh", request, ForegroundRun.Visit);
        return await ScriptConfirmation.RunAsync(
            app, call, "FORCE_ROLLBACK", variables.Flag("FORCE_ROLLBACK") ?? false, variables.Flag("ROLLBACK_DRY_RUN") ?? false, cancellationToken);
    }
}
