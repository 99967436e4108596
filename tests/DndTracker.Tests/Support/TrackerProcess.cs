using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace DndTracker.Tests.Support;

/// <summary>The application as a process of its own, as it is in production.</summary>
public sealed partial class TrackerProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TrackerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"Ended before it listened: {Output}"));
    }

    public HttpClient Http { get; private set; } = new();

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => string.Join('\n', _lines);

    /// <summary>Runs the application with these arguments to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string database, params string[] arguments)
    {
        await using var tracker = Start(Variables(database), arguments);
        return await tracker.ExitAsync();
    }

    /// <summary>Starts the server on a free port and waits until it listens.</summary>
    public static async Task<TrackerProcess> ServeAsync(
        string database, IReadOnlyDictionary<string, string>? variables = null, string? connectionString = null, params string[] arguments)
    {
        var environment = Variables(database, connectionString);
        foreach (var (name, value) in variables ?? new Dictionary<string, string>(StringComparer.Ordinal))
            environment[name] = value;
        var tracker = Start(environment, ["--urls", "http://127.0.0.1:0", .. arguments]);
        tracker.Http.BaseAddress = await tracker._listening.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return tracker;
    }

    public static TrackerProcess Start(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in (string[])["MONGODB_URI", "MONGODB_DB_NAME", "ASPNETCORE_URLS", "APP_VERSION", "APP_UNHEALTHY", "APP_ENVIRONMENT"])
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        var tracker = new TrackerProcess(new Process { StartInfo = start });
        tracker._process.Start();
        tracker._process.BeginOutputReadLine();
        tracker._process.BeginErrorReadLine();
        return tracker;
    }

    public void CloseInput() => _process.StandardInput.Close();

    public void SendTerminate() => Assert.Equal(0, Kill(_process.Id, Terminate));

    public async Task<(int ExitCode, string Output)> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return (_process.ExitCode, Output);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    // The artifacts folder holds each project's output under the same configuration name.
    private static string Program { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "DndTracker", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "DndTracker.dll"));

    private static Dictionary<string, string> Variables(string database, string? connectionString = null) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["MONGODB_URI"] = connectionString ?? TestMongo.ConnectionString,
        ["MONGODB_DB_NAME"] = database,
    };

    private void Take(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
            _listening.TrySetResult(new Uri(match.Groups["url"].Value));
    }

    [GeneratedRegex("Now listening on: (?<url>http://[^ ]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
