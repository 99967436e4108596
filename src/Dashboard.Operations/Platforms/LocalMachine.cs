using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms;

/// <summary>Keeps one process of the application running and knows how it is.</summary>
internal sealed partial class LocalMachine(
    string id, string folder, string program, IReadOnlyDictionary<string, string> variables, HttpClient http, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WhileRunning = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongLife = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _firstHealthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BackOff _pause = new();
    private volatile Machine _status = new(id, MachineState.Stopped, time.GetUtcNow(), "Not started yet.", "dnd-tracker", 1);
    private volatile Uri? _address;
    private volatile string? _version;

    public Machine Status => _status;

    /// <summary>Where the process listens; none while it does not.</summary>
    public Uri? Address => _address;

    /// <summary>The version that the process last reported of itself.</summary>
    public string? Version => _version;

    public Task FirstHealthy => _firstHealthy.Task;

    public void Explain(string note) => Become(_status.State, note);

    /// <summary>Starts the process, and starts it again when it ends, until cancelled; then ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var log = new BoundedLog(Path.Combine(folder, $"{id}.log"));
        while (true)
        {
            var started = time.GetTimestamp();
            var exitCode = await LiveAsync(log, cancellationToken);
            if (time.GetElapsedTime(started) > LongLife)
                _pause.Reset();
            var pause = _pause.Next();
            Become(MachineState.Stopped, $"Ended with code {exitCode}; is started again.");
            LogEnded(id, exitCode, pause.TotalSeconds);
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task<int> LiveAsync(BoundedLog log, CancellationToken cancellationToken)
    {
        Become(MachineState.Starting, null);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var process = ChildProcess.Start(
            program,
            ["--exit-with-parent", "--urls", "http://127.0.0.1:0"],
            new Dictionary<string, string>(variables, StringComparer.Ordinal) { ["FLY_MACHINE_ID"] = id },
            Path.Combine(folder, $"{id}.pid"),
            line =>
            {
                log.Write(line);
                if (Listening().Match(line) is { Success: true } match)
                    _address = new Uri(match.Groups["url"].Value);
            });
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

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_address is { } address)
                await CheckAsync(address, cancellationToken);
            await Task.Delay(_status.State == MachineState.Starting ? WhileStarting : WhileRunning, time, cancellationToken);
        }
    }

    private async Task CheckAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(address, "/api/health"), cancellationToken);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                Become(MachineState.Unhealthy, $"Answers {(int)response.StatusCode}{(Text(body, "error") is { } error ? $": {error}" : ".")}");
                return;
            }

            _version = Text(body, "version") ?? _version;
            Become(MachineState.Healthy, null);
            if (_firstHealthy.TrySetResult())
                LogHealthy(id, address);
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
        if (now.State != state || now.Note != note || now.Address != address)
            _status = new Machine(id, state, now.State == state ? now.Since : time.GetUtcNow(), note, now.Image, now.Release, address);
    }

    private static string? Text(JsonElement body, string key) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("Now listening on: (?<url>http://[^ ]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();

    [LoggerMessage(LogLevel.Information, "{Machine} is healthy at {Address}")]
    private partial void LogHealthy(string machine, Uri address);

    [LoggerMessage(LogLevel.Warning, "{Machine} ended with code {ExitCode} and is started again in {Pause:0.##} s; its log says why")]
    private partial void LogEnded(string machine, int exitCode, double pause);
}
