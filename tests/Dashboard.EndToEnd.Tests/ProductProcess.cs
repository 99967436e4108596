using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashboard.Testing.Faults;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The built product as a process of its own, in local mode, on a folder of its own: what a person starts, and may kill.</summary>
public sealed partial class ProductProcess : IAsyncDisposable
{
    /// <summary>Volumes of its own that a test can fill: for its state, for temporary files, and for its log.</summary>
    private const string SmallVolumes = """
        set -e
        root=$1; shift
        for name in .local temporary log; do
          mkdir -p "$root/$name"
          mount -t tmpfs -o size=4m,mode=700 small "$root/$name"
        done
        export TMPDIR="$root/temporary"
        exec "$@" > "$root/log/dashboard.log" 2>&1
        """;

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;
    private readonly bool _hasSmallVolumes;

    private ProductProcess(ProductFolder folder, IEnumerable<string> arguments, string? mongoUri, IEnumerable<(string Name, string Value)>? variables = null, bool hasSmallVolumes = false)
    {
        Folder = folder;
        _hasSmallVolumes = hasSmallVolumes;
        string[] command = ["dotnet", ProductFolder.Program, .. arguments];
        if (hasSmallVolumes)
            command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SmallVolumes, "sh", folder.Path, .. command];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
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
        foreach (var (name, value) in variables ?? [])
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The product did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public ProductFolder Folder { get; }

    /// <summary>Both streams, in the order of arrival.</summary>
    public string Output => _hasSmallVolumes && File.Exists(Inside("log", "dashboard.log")) ? File.ReadAllText(Inside("log", "dashboard.log")) : string.Join('\n', _output);

    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>Of somebody who is signed in.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>The sign-ins by the authority of their product's address, for the browser.</summary>
    public static ConcurrentDictionary<string, Cookie> Sessions { get; } = new(StringComparer.Ordinal);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it serving on a free port and waits until both environments are healthy.</summary>
    public static Task<ProductProcess> ServeAsync(ProductFolder folder, string? mongoUri, params IEnumerable<(string Name, string Value)> variables) =>
        ReadyAsync(new ProductProcess(folder, ["--port", "0"], mongoUri, variables));

    private static async Task<ProductProcess> ReadyAsync(ProductProcess product)
    {
        await Eventually.TrueAsync(
            () => product.HasExited ? throw new InvalidOperationException($"The product ended:\n{product.Output}") : product.Output.Contains("First page", StringComparison.Ordinal),
            "the product says that it serves",
            TimeSpan.FromSeconds(90));
        product.Address = new Uri(AddressLine().Match(product.Output).Groups["address"].Value);
        await product.SignInAsync();
        await Eventually.TrueAsync(
            () => Healthy().Count(product.Output) >= 3,
            "three machines are healthy",
            TimeSpan.FromSeconds(90));
        return product;
    }

    /// <summary>As the person does who follows the link on the terminal.</summary>
    private async Task SignInAsync()
    {
        var cookies = new CookieContainer();
        using var once = new HttpClient(new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false });
        using var answer = await once.GetAsync(new Uri(SignInLine().Match(Output).Groups["link"].Value));
        Sessions[Address.Authority] = Assert.Single(cookies.GetCookies(Address));
        Http = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = Address, DefaultRequestHeaders = { { "Origin", Address.GetLeftPart(UriPartial.Authority) } } };
    }

    /// <summary>Serves with <c>.local</c>, temporary files and log on volumes that only this process has, and the backups beside them.</summary>
    public static Task<ProductProcess> ServeOnSmallVolumesAsync(ProductFolder folder, string mongoUri) =>
        ReadyAsync(new ProductProcess(folder, ["--port", "0"], mongoUri, [("BACKUP_DIR", Path.Combine(folder.Path, "backups"))], hasSmallVolumes: true));

    /// <summary>Starts a word of the command line and does not wait for it.</summary>
    public static ProductProcess Start(ProductFolder folder, string? mongoUri, params string[] arguments) => new(folder, arguments, mongoUri);

    /// <summary>Runs a word of the command line to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(ProductFolder folder, string? mongoUri, params string[] arguments) =>
        RunAsync(folder, mongoUri, variable: null, arguments);

    /// <summary>The same with one more environment variable.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProductFolder folder, string? mongoUri, (string Name, string Value)? variable, params string[] arguments)
    {
        await using var product = new ProductProcess(folder, arguments, mongoUri, variable is { } one ? [one] : null);
        return (await product.ExitCodeAsync(), product.Output);
    }

    public async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await Http.GetStringAsync(new Uri(path, UriKind.Relative))) ?? throw new InvalidOperationException($"{path} answered with null.");

    public async Task<string> StartBackupAsync(string environment) =>
        (await PostAsync("api/operations/create-backup", new JsonObject { ["environment"] = environment, ["reason"] = "a test" }))["id"]!.GetValue<string>();

    /// <summary>The answer to a request that succeeds.</summary>
    public async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Leaves no free byte on one of its small volumes.</summary>
    public void Fill(string volume)
    {
        var block = new byte[4096];
        using var ballast = new FileStream(Inside(volume, "ballast"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var isFull = false; !isFull;)
        {
            try
            {
                ballast.Write(block);
            }
            catch (IOException)
            {
                isFull = true;
            }
        }
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

    /// <summary>As the process sees its own folder.</summary>
    private string Inside(string volume, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/root{Folder.Path}/{volume}/{file}");

    private void Keep(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }

    [GeneratedRegex(@"Dashboard\s+(?<address>http://localhost:\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AddressLine();

    [GeneratedRegex(@"Sign in\s+(?<link>http://localhost:\d+/\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SignInLine();

    [GeneratedRegex(@"is healthy at", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Healthy();
}
