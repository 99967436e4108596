namespace Dashboard.Operations.Platforms;

/// <summary>
/// Where the application of each environment runs, and what can be done to it there. Every call names its environment; every expected
/// failure is a <see cref="PlatformException"/> with a sentence for the operator. Success of a call is never taken from words or an exit
/// code alone: the state is read again.
/// </summary>
public interface IPlatform
{
    /// <summary>For sentences: "Fly.io", "this machine".</summary>
    string Name { get; }

    /// <summary>What runs now.</summary>
    /// <exception cref="ArgumentException">There is no such environment.</exception>
    /// <exception cref="PlatformException">It cannot be told; the state is then unknown and not down.</exception>
    Task<PlatformStatus> StatusAsync(string environment, CancellationToken cancellationToken);

    /// <summary>Newest first, as far back as the platform remembers.</summary>
    Task<IReadOnlyList<PlatformRelease>> ReleasesAsync(string environment, CancellationToken cancellationToken);

    /// <summary>Whether a release could be made of it; asked before a plan is shown.</summary>
    Task<ImageState> FindImageAsync(string environment, string image, CancellationToken cancellationToken);

    /// <summary>What could be released, as far as the platform can list it; the newest first.</summary>
    Task<IReadOnlyList<string>> ImagesAsync(string environment, CancellationToken cancellationToken);

    /// <summary>The commands that a call would give, for the plan: exact, but for machines that are looked up when it is done, and without any secret.</summary>
    IReadOnlyList<string> Describe(PlatformCall call);

    /// <summary>
    /// Makes a release and waits until its machines are healthy, or the limit of the deployment is over. What failed half-way is left as the
    /// platform left it: the caller looks and decides. Cancelling ends the platform's tool with everything that it started.
    /// </summary>
    /// <param name="print">Each line of the platform's output, from other threads.</param>
    /// <exception cref="PlatformException">Not released; its kind says whether anything was changed.</exception>
    Task<PlatformRelease> DeployAsync(PlatformCall.Deploy deployment, Action<string> print, CancellationToken cancellationToken);

    /// <summary>Returns when that many machines are there and healthy; with 0, when none is left.</summary>
    Task ScaleAsync(PlatformCall.Scale scale, Action<string> print, CancellationToken cancellationToken);

    /// <summary>Stops every machine and keeps it, so that <see cref="StartAsync"/> brings it back and no request does. Returns when none runs.</summary>
    Task StopAsync(string environment, Action<string> print, CancellationToken cancellationToken);

    /// <summary>Starts every machine that is stopped. Returns when each is healthy.</summary>
    Task StartAsync(string environment, Action<string> print, CancellationToken cancellationToken);

    /// <summary>The latest lines that the platform still has, oldest first; the dashboard keeps its own copy for longer questions.</summary>
    Task<IReadOnlyList<PlatformLine>> LogsAsync(string environment, CancellationToken cancellationToken);
}

/// <summary>Something that would be or is done to an environment's platform.</summary>
public abstract record PlatformCall(string Environment)
{
    /// <param name="HealthLimit">For each machine.</param>
    /// <param name="Canary">One machine first.</param>
    /// <param name="SkipReleaseCommand">For a rollback: an old image must not run its release command again.</param>
    /// <param name="Variables">Beyond the configured ones, for this and the following releases: the build-argument way of maintenance.</param>
    public sealed record Deploy(
        string Environment,
        string Image,
        TimeSpan HealthLimit,
        bool Canary = false,
        bool SkipReleaseCommand = false,
        string Author = "",
        IReadOnlyDictionary<string, string>? Variables = null) : PlatformCall(Environment);

    public sealed record Scale(string Environment, int Machines) : PlatformCall(Environment);

    public sealed record Stop(string Environment) : PlatformCall(Environment);

    /// <param name="Image">For a plan in which the machines have got another image by then; null: what they have now.</param>
    public sealed record Start(string Environment, string? Image = null) : PlatformCall(Environment);
}
