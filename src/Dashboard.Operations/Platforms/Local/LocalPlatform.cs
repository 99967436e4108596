using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>
/// Runs the application of every environment on this machine as child processes, each environment behind one stable address.
/// What is wanted is in the state folder; the process that has the folder makes it so, and any other one asks for it through the same files.
/// The children end with the process that has the folder, or at the latest when the next one takes it.
/// </summary>
public sealed partial class LocalPlatform(LocalPlatformSettings settings, TimeProvider time, ILogger<LocalPlatform> logger) : IPlatform, IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(60);

    /// <summary>For a change other than a release, which brings its own.</summary>
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, LocalStateFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<LocalEnvironment, LocalStateFile> _environments = [];
    private readonly LocalImages _images = new(settings.StateFolder);
    private readonly SemaphoreSlim _taking = new(1, 1);
    private volatile LocalOwner? _owner;

    public string Name => "this machine";

    /// <summary>
    /// Takes the state folder: ends what an earlier crash left, opens the addresses and begins to seed and start the machines; does not wait
    /// for them. Waits a minute for a command that has the folder.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another dashboard has the state folder, or a port is taken.</exception>
    public async Task StartAsync(IReadOnlyList<LocalEnvironment> environments, CancellationToken cancellationToken)
    {
        Know(environments);
        var began = time.GetTimestamp();
        while (!await TakeAsync(cancellationToken))
        {
            if (!LocalOwner.IsCommand(settings.StateFolder) || time.GetElapsedTime(began) > CommandPatience)
                throw new InvalidOperationException($"Another dashboard runs the applications of {settings.StateFolder}: stop it first, or use another folder.");
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>Knows the environments without running them: the first call that needs machines takes the folder, if nobody has it.</summary>
    public void Know(IReadOnlyList<LocalEnvironment> environments)
    {
        foreach (var environment in environments)
        {
            var file = new LocalStateFile(Path.Combine(settings.StateFolder, environment.Name), () => FirstState(environment), time);
            _environments.Add(environment, file);
            _files.Add(environment.Name, file);
        }
    }

    /// <summary>The base URL of an environment, the same at each start, and chosen now if it never had one.</summary>
    /// <exception cref="ArgumentException">There is no such environment.</exception>
    public Uri AddressOf(string environment)
    {
        _ = FileOf(environment);
        return _owner?.Find(environment)?.Address ?? LocalFront.AddressOf(LocalFront.ChoosePort(Path.Combine(settings.StateFolder, environment)));
    }

    /// <summary>Where an environment answered when a dashboard last ran it, for a process that does not; null when none ever did.</summary>
    public static Uri? LastAddressOf(string stateFolder, string environment) =>
        LocalFront.KeptPort(Path.Combine(stateFolder, environment)) is > 0 and var port ? LocalFront.AddressOf(port) : null;

    /// <summary>Waits until every machine of this process was healthy once; with a machine that never is, until it is cancelled.</summary>
    public Task WhenHealthyAsync(CancellationToken cancellationToken) =>
        Task.WhenAll((_owner?.Applications ?? []).Select(application => application.FirstHealthy)).WaitAsync(cancellationToken);

    public Task<PlatformStatus> StatusAsync(string environment, CancellationToken cancellationToken) => Task.FromResult(Status(environment));

    public Task<IReadOnlyList<PlatformRelease>> ReleasesAsync(string environment, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlatformRelease>>([.. FileOf(environment).Read().Releases.Reverse().Select(release => release.Shown)]);

    public async Task<ImageState> FindImageAsync(string environment, string image, CancellationToken cancellationToken)
    {
        _ = FileOf(environment);
        await _images.PrepareAsync();
        return _images.Find(image) is null ? ImageState.Gone : ImageState.Available;
    }

    public async Task<IReadOnlyList<string>> ImagesAsync(string environment, CancellationToken cancellationToken)
    {
        _ = FileOf(environment);
        await _images.PrepareAsync();
        return _images.All();
    }

    public Task<IReadOnlyList<PlatformLine>> LogsAsync(string environment, CancellationToken cancellationToken)
    {
        _ = FileOf(environment);
        return Task.FromResult(LocalLogs.Read(Path.Combine(settings.StateFolder, environment), environment));
    }

    public async ValueTask DisposeAsync()
    {
        if (_owner is { } owner)
            await owner.DisposeAsync();
        _owner = null;
        _taking.Dispose();
    }

    private PlatformStatus Status(string environment)
    {
        var file = FileOf(environment);
        if (_owner?.Find(environment) is { } own)
            return own.Status;
        var isRun = LocalOwner.IsTaken(settings.StateFolder);
        if (isRun && new LocalSight(Path.Combine(settings.StateFolder, environment)).Read() is { } seen)
            return seen;
        var state = file.Read();
        var note = isRun ? "The dashboard that runs it has not looked yet." : "Nobody runs it now: it comes back with the dashboard.";
        return new PlatformStatus(state.Newest.Number, state.Places is [] ? null : state.Get(state.Places[0].Release).Image, Version: null, [.. state.Places.Select(Unseen)]);

        Machine Unseen(LocalPlace place)
        {
            var release = state.Get(place.Release);
            return place.IsStopped
                ? new Machine(place.Id, MachineState.Stopped, release.At, "Stopped.", release.Image, release.Number)
                : new Machine(place.Id, MachineState.Unknown, release.At, note, release.Image, release.Number);
        }
    }

    private LocalState FirstState(LocalEnvironment environment)
    {
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        var release = new LocalRelease(1, LocalImages.First, LocalImages.FirstImage, none, PlatformReleaseState.Complete, "local mode", time.GetUtcNow())
        {
            Description = "What runs first",
        };
        return new LocalState(
            [release], [.. Enumerable.Range(1, environment.Machines).Select(number => new LocalPlace(LocalPlace.IdOf(environment.Name, number), 1, IsStopped: false))], none);
    }

    private LocalStateFile FileOf(string environment) => _files.GetValueOrDefault(environment)
        ?? throw new ArgumentException($"There is no environment {environment} here: {string.Join(", ", _files.Keys)}.", nameof(environment));

    /// <summary>True when this process has the folder.</summary>
    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        if (_owner is not null)
            return true;
        await _taking.WaitAsync(cancellationToken);
        try
        {
            return (_owner ??= await LocalOwner.TryTakeAsync(settings, _environments, time, logger, cancellationToken)) is not null;
        }
        finally
        {
            _taking.Release();
        }
    }

    /// <summary>Returns when somebody runs the machines: whoever has the folder, or else this process from now on.</summary>
    private async Task HaveOwnerAsync(CancellationToken cancellationToken)
    {
        if (_owner is not null || LocalOwner.IsTaken(settings.StateFolder))
            return;
        if (!File.Exists(settings.Program))
            throw new PlatformException(PlatformFailure.NotFound, $"The application is not built: there is no {settings.Program}. Build samples/DndTracker, then try again.");
        try
        {
            await TakeAsync(cancellationToken);
        }
        catch (InvalidOperationException taken)
        {
            throw new PlatformException(PlatformFailure.Refused, taken.Message, taken);
        }
    }

    private void Wake(string environment) => _owner?.Find(environment)?.Wake();
}
