namespace Dashboard.Operations.Platforms.Fly;

/// <summary>An environment on Fly.io.</summary>
/// <param name="Config">The fly.toml that fits its images, absolute; null deploys with the configuration of the newest release.</param>
public sealed record FlyEnvironment(string Name, string App, string? Config = null);

/// <summary>What the Fly platform needs; the token reaches the tool by its environment only.</summary>
/// <param name="Program">The flyctl binary: a path, or a name that is looked for on the PATH.</param>
/// <param name="Token">Null or empty: every call fails with a sentence that names the variable.</param>
/// <param name="ConfigFolder">The tool's own folder, used by nobody else; made when it is missing.</param>
public sealed record FlyPlatformSettings(string Program, string? Token, string ConfigFolder, IReadOnlyList<FlyEnvironment> Environments)
{
    /// <summary>Where the token comes from, for sentences.</summary>
    public string TokenVariable { get; init; } = "FLY_API_TOKEN";

    /// <summary>Of the binary, in lower-case hexadecimal: another file is not run. Null runs whatever is there.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Given to the tool beyond its clean environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What of this process's environment the tool may see: where to find things and how to get out.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    public FlyLimits Limits { get; init; } = new();

    // The token must not reach a log by way of the record.
    public override string ToString() => $"{Program} for {string.Join(", ", Environments.Select(environment => environment.App))}";
}

/// <summary>How long each kind of call may take before its process is ended.</summary>
public sealed record FlyLimits
{
    public TimeSpan Read { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Without lines to print the tool never returns by itself.</summary>
    public TimeSpan Logs { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Machines { get; init; } = TimeSpan.FromSeconds(90);

    public TimeSpan Scale { get; init; } = TimeSpan.FromMinutes(3);

    public TimeSpan ReleaseCommand { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Of a deployment, beyond its release command and its machines.</summary>
    public TimeSpan Deployment { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Between the request to end and the end by force.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the state may take to become what the tool said.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Between two looks; the platform limits how often it may be asked.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(2);
}
