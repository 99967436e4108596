using System.Diagnostics;
using System.Text;
using Dashboard.Testing.Engine;

namespace Dashboard.Testing.Faults;

/// <summary>A child process that does one thing with an engine of its own, so that it can be killed, stopped and refused system calls.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>Holds the settings, connection string included: an argument could be read by everybody on the machine.</summary>
    public const string SettingsVariable = "DASHBOARD_WORKER_SETTINGS";

    public const string FailpointsVariable = "DASHBOARD_FAILPOINTS";

    /// <summary>Names a file that gets a line for every failpoint hit.</summary>
    public const string HitsVariable = "DASHBOARD_FAILPOINT_HITS";

    private const int KillSignal = 9;
    private const int Continue = 18;
    private const int Terminate = 15;
    private static readonly SemaphoreSlim AtOnce = new(Math.Max(2, Environment.ProcessorCount));
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private bool _holdsPlace = true;

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>True once it is stopped by SIGSTOP.</summary>
    public bool IsStopped => StateOf(_process.Id) is 'T' or 't';

    /// <summary>The arguments that start the worker through <c>dotnet</c>.</summary>
    public static IReadOnlyList<string> CommandOf(params string[] arguments) =>
        [Path.Combine(AppContext.BaseDirectory, "Dashboard.Testing.Worker.dll"), .. arguments];

    /// <summary>Starts <c>dotnet Dashboard.Testing.Worker.dll ARGUMENTS</c>; waits for its turn when as many run as there are processors.</summary>
    /// <param name="failpoints">As <see cref="FailpointPlan"/> reads it.</param>
    public static Task<WorkerProcess> StartAsync(EngineSettings settings, string failpoints, params string[] arguments) =>
        StartAsync(settings, new ProcessStartInfo("dotnet", CommandOf(arguments)), failpoints, hits: null);

    /// <summary>Starts the worker through another program: strace with its own arguments before the worker's.</summary>
    public static async Task<WorkerProcess> StartAsync(EngineSettings settings, ProcessStartInfo start, string failpoints, string? hits)
    {
        await AtOnce.WaitAsync();
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        start.Environment[SettingsVariable] = settings.ToJson();
        start.Environment[FailpointsVariable] = failpoints;
        start.Environment[HitsVariable] = hits ?? string.Empty;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started."));
    }

    /// <summary>Its exit code, 137 when it was killed.</summary>
    public async Task<int> ExitAsync(TimeSpan? deadline = null)
    {
        using var limit = new CancellationTokenSource(deadline ?? TimeSpan.FromMinutes(2));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"The worker did not end. It printed:\n{Output}", exception);
        }

        GiveUpPlace();
        return _process.ExitCode;
    }

    /// <summary>Returns when it has stopped itself; fails when it ended instead.</summary>
    public async Task StoppedAsync()
    {
        await Eventually.TrueAsync(() => IsStopped || _process.HasExited, "the worker stops itself at the failpoint", TimeSpan.FromMinutes(2));
        if (_process.HasExited)
            throw new InvalidOperationException($"The worker ended with {_process.ExitCode} instead of stopping itself:\n{Output}");
        GiveUpPlace();
    }

    /// <summary>SIGKILL: it learns nothing of it.</summary>
    public void Kill() => Signal(KillSignal);

    public void Resume() => Signal(Continue);

    /// <summary>SIGTERM: the worker cancels what it runs, as a host that is stopped does.</summary>
    public void Shutdown() => Signal(Terminate);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        GiveUpPlace();
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (FailpointPlan.SendSignal(_process.Id, signal) != 0)
            throw new InvalidOperationException($"The worker {_process.Id} could not be sent the signal {signal}.");
    }

    private static char StateOf(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[text.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
    }

    private void GiveUpPlace()
    {
        if (!_holdsPlace)
            return;
        _holdsPlace = false;
        AtOnce.Release();
    }
}
