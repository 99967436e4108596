using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashboard.Testing.Faults;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The built product as a process of its own, in local mode, on a folder of its own: what a person starts, and may kill.</summary>
public sealed partial class ProductProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private ProductProcess(ProductFolder folder, IEnumerable<string> arguments, string? mongoUri, (string Name, string Value)? variable = null)
    {
        Folder = folder;
        var start = new ProcessStartInfo("dotnet", [ProductFolder.Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder.Path,
        };
        start.Environment["DASHBOARD_ROOT"] = folder.Path;
        foreach (var foreign in (string[])["BACKUP_DIR", "BACKUP_ENCRYPTION_KEY", "BACKUP_ENCRYPTION_OLD_KEYS"])
            start.Environment.Remove(foreign);
        start.Environment.Remove("MONGODB_URI");
        if (mongoUri is not null)
            start.Environment["MONGODB_URI"] = mongoUri;
        if (variable is var (name, value))
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The product did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public ProductFolder Folder { get; }

    /// <summary>Both streams, in the order of arrival.</summary>
    public string Output => string.Join('\n', _output);

    public Uri Address { get; private set; } = new("http://localhost");

    public HttpClient Http { get; private set; } = new();

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it serving on a free port and waits until both environments are healthy.</summary>
    public static async Task<ProductProcess> ServeAsync(ProductFolder folder, string? mongoUri)
    {
        var product = new ProductProcess(folder, ["--port", "0"], mongoUri);
        await Eventually.TrueAsync(
            () => product.HasExited ? throw new InvalidOperationException($"The product ended:\n{product.Output}") : product.Output.Contains("First page", StringComparison.Ordinal),
            "the product says that it serves",
            TimeSpan.FromSeconds(90));
        product.Address = new Uri(AddressLine().Match(product.Output).Groups["address"].Value);
        product.Http = new HttpClient { BaseAddress = product.Address };
        await Eventually.TrueAsync(
            () => Healthy().Count(product.Output) >= 3,
            "three machines are healthy",
            TimeSpan.FromSeconds(90));
        return product;
    }

    /// <summary>Starts a word of the command line and does not wait for it.</summary>
    public static ProductProcess Start(ProductFolder folder, string? mongoUri, params string[] arguments) => new(folder, arguments, mongoUri);

    /// <summary>Runs a word of the command line to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(ProductFolder folder, string? mongoUri, params string[] arguments) =>
        RunAsync(folder, mongoUri, variable: null, arguments);

    /// <summary>The same with one more environment variable.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProductFolder folder, string? mongoUri, (string Name, string Value)? variable, params string[] arguments)
    {
        await using var product = new ProductProcess(folder, arguments, mongoUri, variable);
        return (await product.ExitCodeAsync(), product.Output);
    }

    public async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await Http.GetStringAsync(new Uri(path, UriKind.Relative))) ?? throw new InvalidOperationException($"{path} answered with null.");

    public async Task<string> StartBackupAsync(string environment)
    {
        using var body = new StringContent($$"""{"environment":"{{environment}}","reason":"a test"}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri("api/operations/create-backup", UriKind.Relative), body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    public async Task<JsonNode> EndOfAsync(string runId, int seconds = 60) => await Eventually.FoundAsync(
        async () => await GetAsync($"api/runs/{runId}") is { } run && run["state"]!.GetValue<string>() is not ("queued" or "running") ? run : null,
        $"run {runId} ends",
        TimeSpan.FromSeconds(seconds));

    public void Kill() => _process.Kill();

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task<int> ExitCodeAsync(int seconds = 60)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(seconds));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal("TERM");
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
        }

        Http.Dispose();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }

    [GeneratedRegex(@"Dashboard\s+(?<address>http://localhost:\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AddressLine();

    [GeneratedRegex(@"is healthy at", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Healthy();
}
