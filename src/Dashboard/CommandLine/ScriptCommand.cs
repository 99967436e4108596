using System.CommandLine;
using Dashboard.Hosting;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary><c>script NAME</c>: what the files in scripts/ call. Everything is said by the variables of the team's runbook, nothing by arguments.</summary>
internal static class ScriptCommand
{
    private const string BackupHelp = """
        Backs up one environment's database into an archive that mongorestore reads. Variables:
          DEPLOY_ENV               environment of config/dashboard.json              staging
          MONGODB_URI              the server of its data                             as configured
          MONGODB_DB_NAME          its database                                       as configured
          BACKUP_DIR               where backups lie                                  as configured
          BACKUP_COMPRESS          true or false                                      as configured
          BACKUP_VERIFY            true or false: prove the archive after writing     as configured
          BACKUP_RETENTION_DAYS    older ones go, never the last proven one           as configured
        Prints BACKUP_PATH=FILE as its last line. Exit code 0: made; 1: not made; 2: nothing was begun.
        """;

    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard) => new("script", "Run a script of the runbook; it takes environment variables.")
    {
        Verb("backup-database", BackupHelp, options, guard, BackUpAsync),
        Verb("restore-database", RestoreScript.Help, options, guard, RestoreScript.RunAsync),
        Verb("rollback-deployment", RollbackScript.Help, options, guard, RollbackScript.RunAsync),
        DeployScript.Create(options, guard),
    };

    private static Command Verb(
        string name,
        string help,
        Func<DashboardOptions> options,
        Func<Func<Task<int>>, Task<int>> guard,
        Func<DashboardOptions, ScriptVariables, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, help);
        command.SetAction((_, cancellationToken) => guard(() =>
        {
            var given = options() with { Serves = false };
            return run(given, new ScriptVariables(given.Variable), cancellationToken);
        }));
        return command;
    }

    private static async Task<int> BackUpAsync(DashboardOptions options, ScriptVariables variables, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(options with { Target = variables.Target }, cancellationToken);
        var call = new OperationCall("create-backup", variables.Environment, "scripts/backup-database.sh", [], ForegroundRun.Visit);
        var (exitCode, run) = await ForegroundRun.StartAsync(app, call, json: false, cancellationToken);
        if (run is not null && exitCode == ExitCodes.Succeeded)
            await Console.Out.WriteLineAsync($"BACKUP_PATH={run.Facts["archive"]}");
        return exitCode;
    }
}
