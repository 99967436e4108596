using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>Keeps one process of one release running at one place, and knows how it is.</summary>
internal sealed partial class LocalMachine : IAsyncDisposable
{
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WhileRunning = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongLife = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly BackOff _pause = new();
    private readonly LocalMachinery _machinery;
    private readonly LocalRelease _release;
    private readonly BoundedLog _log;
    private volatile Machine _status;
    private volatile Uri? _address;
    private volatile string? _version;
    private volatile string? _lastEnd;

    public LocalMachine(string id, LocalRelease release, BoundedLog log, LocalMachinery machinery)
    {
        (Id, _release, _log, _machinery) = (id, release, log, machinery);
        _status = new Machine(id, MachineState.Stopped, machinery.Time.GetUtcNow(), "Not started yet.", release.Image, release.Number);
    }

    public string Id { get; }

    public int Release => _release.Number;

    public Machine Status => _status;

    /// <summary>Where the process listens; none while it does not.</summary>
    public Uri? Address => _address;

    /// <summary>The version that the process last reported of itself.</summary>
    public string? Version => _version;

    /// <summary>How the process ended when it last did so by itself; null while it never has.</summary>
    public string? LastEnd => _lastEnd;

    public bool IsStarted { get; private set; }

    public bool HasLeft => _stop.IsCancellationRequested;

    /// <summary>Returns when the process is gone after <see cref="Leave"/>.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Explain(string note) => Become(_status.State, note);

    /// <summary>Starts the process, and starts it again when it ends, until told to leave.</summary>
    public void Start()
    {
        IsStarted = true;
        Ended = RunAsync(_stop.Token);
    }

    public void Leave() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        Leave();
        await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var started = _machinery.Time.GetTimestamp();
                var exitCode = await LiveAsync(cancellationToken);
                if (_machinery.Time.GetElapsedTime(started) > LongLife)
                    _pause.Reset();
                var pause = _pause.Next();
                _lastEnd = string.Create(CultureInfo.InvariantCulture, $"Ended with code {exitCode}");
                Become(MachineState.Stopped, $"{_lastEnd}; is started again.");
                LogEnded(_machinery.Logger, Id, exitCode, pause.TotalSeconds);
                await Task.Delay(pause, _machinery.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Become(MachineState.Stopped, "Stopped.");
        }
        catch (Exception unforeseen) when (unforeseen is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            // Nobody awaits this until the end, so it must be said here.
            LogGivenUp(_machinery.Logger, unforeseen, Id);
            Become(MachineState.Stopped, "The platform cannot run it; the dashboard's log says why.");
        }
    }

    private async Task<int> LiveAsync(CancellationToken cancellationToken)
    {
        Become(MachineState.Starting, null);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var process = LocalProcess.Start(
            _machinery.Settings.Program, LocalMachinery.Arguments, _machinery.VariablesOf(_release, Id), _machinery.ProcessFileOf(Id, _release), Take, _machinery.Time);
        var watching = WatchAsync(ended.Token);
        try
        {
            return await process.WaitAsync(cancellationToken);
        }
        finally
        {
            // First out of the round, so that no new connection goes to a process that is ending.
            _address = null;
            await ended.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Take(string line)
    {
        _log.Write(LocalLogs.Stamp(_machinery.Time.GetUtcNow(), line));
        if (Listening().Match(line) is { Success: true } match)
            _address = new Uri(match.Groups["url"].Value);
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_address is { } address)
                await CheckAsync(address, cancellationToken);
            await Task.Delay(_status.State == MachineState.Starting ? WhileStarting : WhileRunning, _machinery.Time, cancellationToken);
        }
    }

    private async Task CheckAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _machinery.Http.GetAsync(new Uri(address, "/api/health"), cancellationToken);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                Become(MachineState.Unhealthy, $"Answers {(int)response.StatusCode}{(Text(body, "error") is { } error ? $": {error}" : ".")}");
                return;
            }

            _version = Text(body, "version") ?? _version;
            if (_status.State != MachineState.Healthy)
                LogHealthy(_machinery.Logger, Id, address);
            Become(MachineState.Healthy, null);
        }
        catch (Exception silent) when (silent is HttpRequestException or JsonException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Become(MachineState.Unhealthy, "Does not answer its health check.");
        }
    }

    private void Become(MachineState state, string? note)
    {
        var now = _status;
        var address = _address ?? now.Address;
        if (now.State == state && now.Note == note && now.Address == address)
            return;
        _status = now with { State = state, Since = now.State == state ? now.Since : _machinery.Time.GetUtcNow(), Note = note, Address = address };
        _machinery.Changed();
    }

    private static string? Text(JsonElement body, string key) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("Now listening on: (?<url>http://[^ ]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();

    [LoggerMessage(LogLevel.Information, "{Machine} is healthy at {Address}")]
    private static partial void LogHealthy(ILogger logger, string machine, Uri address);

    [LoggerMessage(LogLevel.Warning, "{Machine} ended with code {ExitCode} and is started again in {Pause:0.##} s; its log says why")]
    private static partial void LogEnded(ILogger logger, string machine, int exitCode, double pause);

    [LoggerMessage(LogLevel.Error, "{Machine} is no longer looked after: look at the state folder's disk and restart the dashboard")]
    private static partial void LogGivenUp(ILogger logger, Exception unforeseen, string machine);
}
