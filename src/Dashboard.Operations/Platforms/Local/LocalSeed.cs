using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>Fills the environment's database before the first machine starts.</summary>
internal sealed partial class LocalSeed(LocalMachinery machinery)
{
    /// <summary>Tries until it succeeds: without the database there is nothing to start.</summary>
    public async Task RunAsync(Action<string> explain, CancellationToken cancellationToken)
    {
        using var log = machinery.NewLog("seed");
        var pause = new BackOff();
        while (true)
        {
            var last = "";
            await using (var seed = LocalProcess.Start(
                machinery.Settings.Program,
                ["seed", "--exit-with-parent", .. machinery.Settings.SeedOptions],
                machinery.Variables,
                Path.Combine(machinery.Folder, "seed.pid"),
                line => log.Write(last = line),
                machinery.Time))
            {
                if (await seed.WaitAsync(cancellationToken) == 0)
                {
                    LogSeeded(machinery.Logger, machinery.Environment.Name, last);
                    return;
                }
            }

            LogSeedFailed(machinery.Logger, machinery.Environment.Name, last);
            explain($"Waits for the data: {last}");
            await Task.Delay(pause.Next(), machinery.Time, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Environment}: {Outcome}")]
    private static partial void LogSeeded(ILogger logger, string environment, string outcome);

    [LoggerMessage(LogLevel.Warning, "{Environment} could not be seeded and is tried again: {Reason}")]
    private static partial void LogSeedFailed(ILogger logger, string environment, string reason);
}
