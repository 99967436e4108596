using Dashboard.Operations.Processes;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>The one process that has the state folder: the machines of every environment are its children.</summary>
internal sealed partial class LocalOwner : IAsyncDisposable
{
    private const string Dashboard = "a dashboard";
    private const string Command = "a command";

    // No proxy: the machines are on this very machine, whatever the environment says about the way out.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Dictionary<string, LocalApplication> _applications = new(StringComparer.Ordinal);
    private readonly FileStream _lock;

    private LocalOwner(FileStream taken) => _lock = taken;

    public IReadOnlyCollection<LocalApplication> Applications => _applications.Values;

    public LocalApplication? Find(string environment) => _applications.GetValueOrDefault(environment);

    /// <summary>Ends what an earlier owner's crash left and begins to start the machines; null while another process has the folder.</summary>
    /// <exception cref="InvalidOperationException">A port is taken.</exception>
    public static async Task<LocalOwner?> TryTakeAsync(
        LocalPlatformSettings settings, IReadOnlyDictionary<LocalEnvironment, LocalStateFile> environments, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.StateFolder);
        if (TryLock(settings.StateFolder) is not { } taken)
            return null;
        var owner = new LocalOwner(taken);
        try
        {
            await File.WriteAllTextAsync(KindFile(settings.StateFolder), settings.Serves ? Dashboard : Command, cancellationToken);
            await EndLeftoversAsync(settings.StateFolder, time, logger, cancellationToken);
            await new LocalImages(settings.StateFolder).PrepareAsync();
            foreach (var (environment, file) in environments)
            {
                var application = new LocalApplication(environment, settings, file, owner._http, time, logger);
                owner._applications.Add(environment.Name, application);
                await application.StartAsync(cancellationToken);
                LogStarted(logger, environment.Name, application.Address, application.Status.Machines.Count);
            }

            return owner;
        }
        catch
        {
            await owner.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a process has the folder now.</summary>
    public static bool IsTaken(string stateFolder)
    {
        if (!Directory.Exists(stateFolder))
            return false;
        using var free = TryLock(stateFolder);
        return free is null;
    }

    /// <summary>Whether the one that has the folder will soon leave it.</summary>
    public static bool IsCommand(string stateFolder) => File.Exists(KindFile(stateFolder)) && File.ReadAllText(KindFile(stateFolder)) == Command;

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_applications.Values.Select(application => application.DisposeAsync().AsTask()));
        _http.Dispose();
        await _lock.DisposeAsync();
    }

    private static string KindFile(string stateFolder) => Path.Combine(stateFolder, "platform.owner");

    // Two owners of one folder would each end the other's children as leftovers.
    private static FileStream? TryLock(string stateFolder)
    {
        try
        {
            return new FileStream(Path.Combine(stateFolder, "platform.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task EndLeftoversAsync(string stateFolder, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var files = Directory.EnumerateFiles(stateFolder, "*.pid", SearchOption.AllDirectories).ToList();
        var ended = await Task.WhenAll(files.Select(file => ProcessFile.EndLeftoverAsync(file, time, cancellationToken)));
        foreach (var process in ended.OfType<int>())
            LogLeftover(logger, process);
    }

    [LoggerMessage(LogLevel.Information, "{Environment} is at {Address}, machines: {Machines}")]
    private static partial void LogStarted(ILogger logger, string environment, Uri address, int machines);

    [LoggerMessage(LogLevel.Warning, "Ended process {ProcessId}, which an earlier dashboard had left behind")]
    private static partial void LogLeftover(ILogger logger, int processId);
}
