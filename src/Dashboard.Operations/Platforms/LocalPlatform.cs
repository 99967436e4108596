using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms;

/// <summary>
/// Runs the application of every environment on this machine as child processes, each environment behind one stable address.
/// The children end with this object, with this process, or at the latest when the next one starts.
/// </summary>
public sealed partial class LocalPlatform(LocalPlatformSettings settings, TimeProvider time, ILogger<LocalPlatform> logger) : IPlatform, IAsyncDisposable
{
    private readonly Dictionary<string, LocalApplication> _applications = new(StringComparer.Ordinal);

    // No proxy: the machines are on this very machine, whatever the environment says about the way out.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private FileStream? _lock;

    /// <summary>Ends what an earlier crash left, opens the addresses and begins to seed and start the machines; does not wait for them.</summary>
    /// <exception cref="InvalidOperationException">Another dashboard has the state folder, or a port is taken.</exception>
    public async Task StartAsync(IReadOnlyList<LocalEnvironment> environments, CancellationToken cancellationToken)
    {
        _lock = TakeFolder();
        await EndLeftoversAsync(cancellationToken);
        foreach (var environment in environments)
        {
            var application = new LocalApplication(environment, settings, _http, time, logger);
            _applications.Add(environment.Name, application);
            application.Start();
            LogStarted(environment.Name, application.Address, environment.Machines);
        }
    }

    /// <summary>The base URL of an environment, the same at each start.</summary>
    /// <exception cref="ArgumentException">There is no such environment.</exception>
    public Uri AddressOf(string environment) => Find(environment).Address;

    /// <summary>Where an environment answered when a dashboard last ran it, for a process that does not; null when none ever did.</summary>
    public static Uri? LastAddressOf(string stateFolder, string environment) =>
        LocalApplication.KeptPort(Path.Combine(stateFolder, environment)) is > 0 and var port ? LocalApplication.AddressOf(port) : null;

    /// <summary>Waits until every machine was healthy once; with a machine that never is, until it is cancelled.</summary>
    public Task WhenHealthyAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_applications.Values.Select(application => application.FirstHealthy)).WaitAsync(cancellationToken);

    public Task<PlatformStatus> StatusAsync(string environment, CancellationToken cancellationToken) =>
        Task.FromResult(Find(environment).Status);

    public string Name => "this machine";

    public Task<IReadOnlyList<PlatformRelease>> ReleasesAsync(string environment, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImageState> FindImageAsync(string environment, string image, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IReadOnlyList<string> Describe(PlatformCall call) => throw new NotSupportedException();

    public Task<PlatformRelease> DeployAsync(PlatformCall.Deploy deployment, Action<string> print, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ScaleAsync(PlatformCall.Scale scale, Action<string> print, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task StopAsync(string environment, Action<string> print, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task StartAsync(string environment, Action<string> print, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<PlatformLine>> LogsAsync(string environment, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_applications.Values.Select(application => application.DisposeAsync().AsTask()));
        _http.Dispose();
        if (_lock is not null)
            await _lock.DisposeAsync();
    }

    private LocalApplication Find(string environment) => _applications.GetValueOrDefault(environment)
        ?? throw new ArgumentException($"There is no environment {environment} here: {string.Join(", ", _applications.Keys)}.", nameof(environment));

    // Two dashboards on one folder would each end the other's children as leftovers.
    private FileStream TakeFolder()
    {
        Directory.CreateDirectory(settings.StateFolder);
        try
        {
            return new FileStream(Path.Combine(settings.StateFolder, "platform.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken)
        {
            throw new InvalidOperationException(
                $"Another dashboard runs the applications of {settings.StateFolder}: stop it first, or use another folder.", taken);
        }
    }

    private async Task EndLeftoversAsync(CancellationToken cancellationToken)
    {
        var files = Directory.EnumerateFiles(settings.StateFolder, "*.pid", SearchOption.AllDirectories).ToList();
        var ended = await Task.WhenAll(files.Select(file => ProcessFile.EndLeftoverAsync(file, time, cancellationToken)));
        foreach (var process in ended.OfType<int>())
            LogLeftover(process);
    }

    [LoggerMessage(LogLevel.Information, "{Environment} is at {Address}, {Machines} machines")]
    private partial void LogStarted(string environment, Uri address, int machines);

    [LoggerMessage(LogLevel.Warning, "Ended process {ProcessId}, which an earlier dashboard had left behind")]
    private partial void LogLeftover(int processId);
}
