using System.Text.Json.Nodes;
using Dashboard.Hosting;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>The runbook's restore-database.sh: asks before it replaces anything, unless it is forced or the target is empty.</summary>
internal static class RestoreScript
{
    public const string Help = """
        Restores a backup beside the live data, compares it, and swaps it in; what was there is kept and can be brought back. Variables:
          BACKUP_PATH              the archive, or …/backup-<environment>-latest.gz: required
          DEPLOY_ENV               environment of config/dashboard.json              staging
          MONGODB_URI              the server to restore to                           as configured
          MONGODB_DB_NAME          the environment's database                         as configured
          TARGET_DB                restore into this database instead                 MONGODB_DB_NAME
          RESTORE_DRY_RUN          true: read the whole archive, say what it holds    false
          FORCE_RESTORE            true: no question, also unproven or short of room  false
          VERIFY_RESTORE           false: compare counts, not contents                true
        Exit code 0: restored (or the archive is whole); 1: not restored (or it is damaged); 2: nothing was begun.
        """;

    public static async Task<int> RunAsync(DashboardOptions options, ScriptVariables variables, CancellationToken cancellationToken)
    {
        if (variables.Text("BACKUP_PATH") is not { } path)
            return await Refusal.SayAsync("BACKUP_PATH is not set: say which archive, for instance BACKUP_PATH=/path/to/backup-staging-latest.gz.");
        if (!BackupSource.Exists(path))
            return await Refusal.SayAsync($"There is no backup '{path}': BACKUP_PATH is the path of an archive.");
        var forced = variables.Flag("FORCE_RESTORE") ?? false;
        if (variables.Flag("RESTORE_DRY_RUN") ?? false)
            return await PreviewCommand.RunAsync(path, variables.Text("TARGET_DB"), options.Variable, cancellationToken);

        var request = new JsonObject
        {
            ["archive"] = Path.GetFullPath(path),
            ["targetDatabase"] = variables.Text("TARGET_DB"),
            ["verify"] = variables.Flag("VERIFY_RESTORE") ?? true,
            ["allowUnproven"] = forced,
            ["allowLittleRoom"] = forced,
            // Somebody who names the environment or another database has said where it should go; a default has not.
            ["allowOtherEnvironment"] = variables.Text("TARGET_DB") is not null || (forced && variables.SaysEnvironment),
        };
        await using var app = await DashboardApp.CreateAsync(options with { Target = variables.Target }, cancellationToken);
        var call = new OperationCall("restore-backup", variables.Environment, "scripts/restore-database.sh", request, ForegroundRun.Visit);
        return await ScriptConfirmation.RunAsync(app, call, "FORCE_RESTORE", forced, planOnly: false, cancellationToken);
    }
}
