using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;

namespace Dashboard.Hosting;

/// <summary>What one process is started with; tests start the very same application with other values.</summary>
public sealed record DashboardOptions
{
    public const int DefaultPort = 5080;

    /// <summary>See <see cref="ProjectRoot"/>.</summary>
    public required string Root { get; init; }

    /// <summary>Looks up an environment variable; what it finds of secrets, <see cref="Secrets"/> knows from then on.</summary>
    public required Func<string, string?> Variable
    {
        get;
        init => field = Secrets.Watch(value);
    }

    /// <summary>Keeps them out of the log.</summary>
    public SecretMask Secrets { get; } = new();

    /// <summary>On loopback; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>False for a command-line run: neither web server nor workers, only what an operation needs.</summary>
    public bool Serves { get; init; } = true;

    /// <summary>Whether the log goes to the console; tests and benchmarks keep theirs for results.</summary>
    public bool Logs { get; init; } = true;

    /// <summary>Null operates every environment as configured.</summary>
    public TargetOverride? Target { get; init; }

    public RunnerOptions Runner { get; init; } = new();

    /// <summary>Last word on the services, for tests.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    public string LocalFolder => Path.Combine(Root, ".local");
}
