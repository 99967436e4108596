using System.Globalization;
using Dashboard.Operations.Platforms;

namespace Dashboard.Testing.Engine;

/// <summary>A platform of one release and, until it is scaled, one machine, on which a test puts what it needs; nothing runs there.</summary>
/// <param name="folder">What was deployed where, so that another process on the same folder sees it too; null keeps it to this object.</param>
public sealed class StillPlatform(string? folder = null) : IPlatform
{
    private readonly Lock _gate = new();
    private readonly List<PlatformLine> _lines = [];
    private readonly List<PlatformCall.Deploy> _deployments = [];
    private int _logReads;

    public string Name => "the still platform";

    /// <summary>Where nothing was deployed yet.</summary>
    public string? Image { get; set; } = "dnd-tracker:1.0.0";

    /// <summary>What it answers to everything while it is set.</summary>
    public PlatformException? Failure { get; set; }

    /// <summary>What happens at a deployment, before it is done.</summary>
    public Func<PlatformCall.Deploy, Task>? OnDeploy { get; set; }

    public IReadOnlyList<PlatformCall.Deploy> Deployments
    {
        get
        {
            lock (_gate)
                return [.. _deployments];
        }
    }

    /// <summary>How often it was asked for its lines.</summary>
    public int LogReads => Volatile.Read(ref _logReads);

    /// <summary>How many lines it keeps, as Fly does.</summary>
    public int Keeps { get; set; } = 100;

    public void Print(DateTimeOffset at, string text, string machine = "m1", Operations.Running.LineLevel level = Operations.Running.LineLevel.Info)
    {
        lock (_gate)
            _lines.Add(new PlatformLine(at, machine, level, text));
    }

    public Task<PlatformStatus> StatusAsync(string environment, CancellationToken cancellationToken) => Failure is { } failure
        ? Task.FromException<PlatformStatus>(failure)
        : Task.FromResult(StatusOf(ImageOf(environment), MachinesOf(environment)));

    /// <summary>Every change that any process made in the environment, in their order; only with a folder.</summary>
    public IReadOnlyList<string> EffectsOf(string environment) =>
        folder is not null && File.Exists(EffectsPath(folder, environment)) ? File.ReadAllLines(EffectsPath(folder, environment)) : [];

    private static PlatformStatus StatusOf(string? image, int machines) => new(
        1,
        image,
        Version: null,
        image is null ? [] : [.. Enumerable.Range(1, machines).Select(number => new Machine($"m{number}", MachineState.Healthy, DateTimeOffset.UnixEpoch, Note: null, image, 1))]);

    private string? ImageOf(string environment) => LastWordOf(environment, "deploy") ?? Image;

    private int MachinesOf(string environment) => int.Parse(LastWordOf(environment, "scale") ?? "1", CultureInfo.InvariantCulture);

    private string? LastWordOf(string environment, string verb) =>
        EffectsOf(environment).LastOrDefault(effect => effect.StartsWith(verb + " ", StringComparison.Ordinal))?[(verb.Length + 1)..];

    private static string EffectsPath(string folder, string environment) => Path.Combine(folder, environment);

    private async Task ActAsync(string environment, string effect, CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
            throw failure;
        if (folder is null)
            return;
        Directory.CreateDirectory(folder);
        await File.AppendAllTextAsync(EffectsPath(folder, environment), effect + "\n", cancellationToken);
    }

    public Task<IReadOnlyList<PlatformRelease>> ReleasesAsync(string environment, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PlatformRelease>>([]);

    public Task<ImageState> FindImageAsync(string environment, string image, CancellationToken cancellationToken) => Task.FromResult(ImageState.Available);

    public Task<IReadOnlyList<string>> ImagesAsync(string environment, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public IReadOnlyList<string> Describe(PlatformCall call) => [$"still {call.GetType().Name.ToLowerInvariant()} {call.Environment}"];

    public async Task<PlatformRelease> DeployAsync(PlatformCall.Deploy deployment, Action<string> print, CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
            throw failure;
        lock (_gate)
            _deployments.Add(deployment);
        if (OnDeploy is { } act)
            await act(deployment);
        await ActAsync(deployment.Environment, $"deploy {deployment.Image}", cancellationToken);
        return new PlatformRelease(Deployments.Count + 1, deployment.Image, PlatformReleaseState.Complete, deployment.Author, DateTimeOffset.UnixEpoch);
    }

    public Task ScaleAsync(PlatformCall.Scale scale, Action<string> print, CancellationToken cancellationToken) =>
        ActAsync(scale.Environment, string.Create(CultureInfo.InvariantCulture, $"scale {scale.Machines}"), cancellationToken);

    public Task StopAsync(string environment, Action<string> print, CancellationToken cancellationToken) => ActAsync(environment, "stop", cancellationToken);

    public Task StartAsync(string environment, Action<string> print, CancellationToken cancellationToken) => ActAsync(environment, "start", cancellationToken);

    public Task<IReadOnlyList<PlatformLine>> LogsAsync(string environment, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _logReads);
        if (Failure is { } failure)
            return Task.FromException<IReadOnlyList<PlatformLine>>(failure);
        lock (_gate)
            return Task.FromResult<IReadOnlyList<PlatformLine>>([.. _lines.TakeLast(Keeps)]);
    }
}
