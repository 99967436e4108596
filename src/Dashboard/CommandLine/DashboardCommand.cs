using System.CommandLine;
using Dashboard.Hosting;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Storage;

namespace Dashboard.CommandLine;

/// <summary>The program's words: without one it serves; <c>run</c> does an operation in this process, with or without a running dashboard.</summary>
public static class DashboardCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var port = new Option<int>("--port") { Description = "Port; 0 takes a free one.", DefaultValueFactory = _ => DashboardOptions.DefaultPort };
        var root = new RootCommand("Dashboard of the D&D Tracker: health, backups and the runbook's operations.") { port };
        root.SetAction((parsed, cancellationToken) => GuardAsync(() => ServeCommand.RunAsync(Options() with { Port = parsed.GetValue(port) }, cancellationToken)));
        root.Subcommands.Add(RunCommand.Create(Options, GuardAsync));
        root.Subcommands.Add(ScriptCommand.Create(Options, GuardAsync));
        root.Subcommands.Add(MigrateCommand.Create(Options, GuardAsync));
        root.Subcommands.Add(ArchiveCommands.Verify(Variable, GuardAsync));
        root.Subcommands.Add(ArchiveCommands.Decrypt(Variable, GuardAsync));
        root.Subcommands.Add(LogsCommand.Create(Options, GuardAsync));
        root.Subcommands.Add(PreviewCommand.Create(Variable, GuardAsync));
        root.Subcommands.Add(ConfigCommand.Create(Options, GuardAsync));
        root.Subcommands.Add(AccessCommands.Create(Options, GuardAsync));
        root.Subcommands.Add(LiveCommand.Create());
        root.Subcommands.Add(AuditCommands.Create(Options, GuardAsync));
        root.Subcommands.Add(StatusCommands.Create(Options, GuardAsync));
        var parsed = root.Parse(args);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count > 0 ? ExitCodes.Refused : exitCode;
    }

    private static DashboardOptions Options() => new() { Root = ProjectRoot.Find(Variable("DASHBOARD_ROOT")), Variable = Variable };

    // The one place that reads the environment; everything else is given what it needs.
#pragma warning disable RS0030
    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);
#pragma warning restore RS0030

    /// <summary>What a person did wrong is a sentence on standard error, not a stack trace.</summary>
    private static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception is ConfigurationException or DirectoryNotFoundException or StartRefusedException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Refused;
        }
        catch (AuditException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Failed;
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            await Console.Error.WriteLineAsync($"The database does not answer: {StoreFailure.Why(exception)}. Look whether it runs, then try again.");
            return ExitCodes.Failed;
        }
    }
}
