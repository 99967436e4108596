using System.Text.Json;
using Dashboard.Operations.Configuration;

namespace Dashboard.Testing.Engine;

/// <summary>Everything that makes two engines, in one process or in two, work on the same databases and files.</summary>
public sealed record EngineSettings
{
    public required string ConnectionString { get; init; }

    /// <summary>The dashboard's own database.</summary>
    public required string Database { get; init; }

    /// <summary>The application database of every environment.</summary>
    public required string TargetDatabase { get; init; }

    /// <summary>For tests that change application databases: each environment has one of its own, whose name ends in the environment's.</summary>
    public bool SeparateTargets { get; init; }

    /// <summary>The way to the application databases, when it is another than the dashboard's.</summary>
    public string? TargetConnectionString { get; init; }

    public required string LedgerDatabase { get; init; }

    public required string BackupFolder { get; init; }

    /// <summary>What <c>config/migration.&lt;env&gt;.json</c> says of every environment.</summary>
    public MigrationSettings Migration { get; init; } = new();

    /// <summary>As BACKUP_ENCRYPTION_KEY holds it.</summary>
    public string? BackupKey { get; init; }

    public IReadOnlyList<string> OldBackupKeys { get; init; } = [];

    /// <summary>Directories for second copies; the places are called place-1, place-2 …</summary>
    public IReadOnlyList<string> CopyFolders { get; init; } = [];

    /// <summary>Where the application of every environment answers.</summary>
    public Uri Address { get; init; } = new("http://127.0.0.1:9/");

    /// <summary>How the pages of every environment are taken down.</summary>
    public MaintenanceSwitch MaintenanceSwitch { get; init; }

    public IReadOnlyList<string> Environments { get; init; } = ["staging", "production"];

    /// <summary>What needs a second person.</summary>
    public IReadOnlyList<ApprovalRule> Approvals { get; init; } = [];

    /// <summary>The machines of one environment, which a worker has as a dashboard has them; null for the still platform.</summary>
    public EngineMachines? Machines { get; init; }

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan OutcomePatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a command waits for a server, and an answer, before it fails.</summary>
    public TimeSpan StorePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Stops the wall clock at this moment, so that file names are known beforehand.</summary>
    public DateTimeOffset? ClockStandsAt { get; init; }

    /// <summary>How far this process's wall clock is from the true time.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Whether the provider refuses an older token than it has seen.</summary>
    public bool LedgerRefusesOldTokens { get; init; }

    public string TargetOf(string environment) => SeparateTargets ? $"{TargetDatabase}-{environment}" : TargetDatabase;

    /// <summary>With separate targets one server can tell the environments apart.</summary>
    public Uri AddressOf(string environment) => SeparateTargets ? new Uri(Address, environment + "/") : Address;

    public string ToJson() => JsonSerializer.Serialize(this);

    public static EngineSettings FromJson(string json) =>
        JsonSerializer.Deserialize<EngineSettings>(json) ?? throw new JsonException("There are no settings.");
}

/// <summary>Real machines of the local platform on the target database.</summary>
/// <param name="Program">DndTracker.dll.</param>
public sealed record EngineMachines(string Program, string StateFolder, string Environment, int Count);
