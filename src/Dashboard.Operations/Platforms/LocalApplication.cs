using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms;

/// <summary>One environment on this machine: its data seeded, its machines kept running, its address answered.</summary>
internal sealed partial class LocalApplication : IAsyncDisposable
{
    // There is one release here until deploying makes more.
    private const int Release = 1;

    private readonly CancellationTokenSource _stop = new();
    private readonly LocalEnvironment _environment;
    private readonly LocalPlatformSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _folder;
    private readonly List<LocalMachine> _machines;
    private TcpFront? _front;
    private Task _running = Task.CompletedTask;

    public LocalApplication(LocalEnvironment environment, LocalPlatformSettings settings, HttpClient http, TimeProvider time, ILogger logger)
    {
        (_environment, _settings, _time, _logger) = (environment, settings, time, logger);
        _folder = Path.Combine(settings.StateFolder, environment.Name);
        _machines =
        [
            .. Enumerable.Range(1, environment.Machines).Select(number => new LocalMachine(
                string.Create(CultureInfo.InvariantCulture, $"{environment.Name}-{number}"), _folder, settings.Program, Variables(), http, time, logger)),
        ];
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public Task FirstHealthy => Task.WhenAll(_machines.Select(machine => machine.FirstHealthy));

    public PlatformStatus Status => new(
        Release,
        "dnd-tracker",
        _machines.Select(machine => machine.Version).FirstOrDefault(version => version is not null) ?? "unknown",
        [.. _machines.Select(machine => machine.Status)]);

    public void Start()
    {
        Directory.CreateDirectory(_folder);
        _front = OpenFront();
        Address = AddressOf(_front.Port);
        _running = RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_front is not null)
            await _front.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SeedAsync(cancellationToken);
            await Task.WhenAll(_machines.Select(machine => machine.RunAsync(cancellationToken)));
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            // Nobody awaits this until the end, so it must be said here.
            LogGivenUp(unforeseen, _environment.Name);
            foreach (var machine in _machines)
                machine.Explain("The platform cannot run it; the dashboard's log says why.");
        }
    }

    /// <summary>Tries until it succeeds: without the database there is nothing to start.</summary>
    private async Task SeedAsync(CancellationToken cancellationToken)
    {
        using var log = new BoundedLog(Path.Combine(_folder, "seed.log"));
        var pause = new BackOff();
        while (true)
        {
            var last = "";
            await using (var seed = ChildProcess.Start(
                _settings.Program, ["seed", "--exit-with-parent", .. _settings.SeedOptions], Variables(), Path.Combine(_folder, "seed.pid"), line => log.Write(last = line)))
            {
                if (await seed.WaitAsync(cancellationToken) == 0)
                {
                    LogSeeded(_environment.Name, last);
                    return;
                }
            }

            LogSeedFailed(_environment.Name, last);
            foreach (var machine in _machines)
                machine.Explain($"Waits for the data: {last}");
            await Task.Delay(pause.Next(), _time, cancellationToken);
        }
    }

    private Dictionary<string, string> Variables() => new(StringComparer.Ordinal)
    {
        ["MONGODB_URI"] = _settings.ConnectionString,
        ["MONGODB_DB_NAME"] = _environment.Database,
        ["APP_ENVIRONMENT"] = _environment.Name,
    };

    public static Uri AddressOf(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>The port of the start before; 0 when there was none.</summary>
    public static int KeptPort(string folder) =>
        PortFile(folder) is var file && File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port : 0;

    private static string PortFile(string folder) => Path.Combine(folder, "port");

    private TcpFront OpenFront()
    {
        var portFile = PortFile(_folder);
        var kept = KeptPort(_folder);
        try
        {
            var front = Listen(_environment.Port == 0 ? kept : _environment.Port);
            if (front.Port != kept)
                File.WriteAllText(portFile, front.Port.ToString(CultureInfo.InvariantCulture));
            return front;
        }
        catch (SocketException taken) when (_environment.Port != 0)
        {
            throw new InvalidOperationException(
                $"Port {_environment.Port} of {_environment.Name} is taken: end the program that uses it, or choose another port.", taken);
        }
        catch (SocketException)
        {
            // The kept port has gone to another program: a new address is better than none.
            var front = Listen(0);
            LogMoved(_environment.Name, kept, front.Port);
            File.WriteAllText(portFile, front.Port.ToString(CultureInfo.InvariantCulture));
            return front;
        }
    }

    private TcpFront Listen(int port) => new(port, () => [.. _machines.Select(machine => machine.Address).OfType<Uri>()]);

    [LoggerMessage(LogLevel.Information, "{Environment}: {Outcome}")]
    private partial void LogSeeded(string environment, string outcome);

    [LoggerMessage(LogLevel.Warning, "{Environment} could not be seeded and is tried again: {Reason}")]
    private partial void LogSeedFailed(string environment, string reason);

    [LoggerMessage(LogLevel.Error, "{Environment} is no longer looked after: look at the state folder's disk and restart the dashboard")]
    private partial void LogGivenUp(Exception unforeseen, string environment);

    [LoggerMessage(LogLevel.Warning, "{Environment} moves from port {Kept}, which is taken, to {Port}")]
    private partial void LogMoved(string environment, int kept, int port);
}
