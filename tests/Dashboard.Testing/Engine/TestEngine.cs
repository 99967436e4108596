using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;

namespace Dashboard.Testing.Engine;

/// <summary>The real engine with the real operations and the ledger's, put together as the host does it, without Hangfire and the web.</summary>
public sealed class TestEngine : IDisposable
{
    private readonly HttpClient _http = new();

    public TestEngine(EngineSettings settings, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        Settings = settings;
        Time = time ?? new ShiftedTime(settings.ClockOffset, settings.ClockStandsAt);
        Client = Connect(settings);
        Database = new DashboardDatabase(Client, settings.Database);
        Ledger = new EffectLedger(Client.GetDatabase(settings.LedgerDatabase), settings.LedgerRefusesOldTokens);
        Backups = new BackupFolder(settings.BackupFolder);
        Options = new RunnerOptions { LeaseDuration = settings.LeaseDuration, Heartbeat = settings.Heartbeat, OutcomePatience = settings.OutcomePatience };
        Environments = new EnvironmentRegistry([.. settings.Environments.Select(name => new TargetEnvironment(
            name, name, settings.Address, Client.GetDatabase(settings.TargetDatabase), new MigrationSettings()))]);
        Leases = new Leases(Database, Options);
        Runs = new RunStore(Database, Leases, Options, Time);
        History = new RunHistory(Database);
        Catalog = new OperationCatalog(
        [
            new LedgerOperation(Ledger, Time),
            new LedgerReading(Ledger, Time),
            new LedgerErasure(Ledger, Time),
            new CreateBackup(Backups, Environments, Runs, Time),
            new CheckHealth(new HealthSuite(_http, HealthChecks, Time), new HealthHistory(Database), Environments),
        ]);
        Intake = new Intake(Catalog, Environments, Runs, Leases, Time);
        var logging = loggers ?? NullLoggerFactory.Instance;
        Runner = new OperationRunner(Catalog, Runs, Leases, Database, Options, Time, logging);
        Watch = new RunWatch(Catalog, Runs, Leases, logging.CreateLogger<RunWatch>());
    }

    public EngineSettings Settings { get; }

    public TimeProvider Time { get; }

    public IMongoClient Client { get; }

    public DashboardDatabase Database { get; }

    public EffectLedger Ledger { get; }

    public BackupFolder Backups { get; }

    public RunnerOptions Options { get; }

    public EnvironmentRegistry Environments { get; }

    public Leases Leases { get; }

    public RunStore Runs { get; }

    public RunHistory History { get; }

    public OperationCatalog Catalog { get; }

    public Intake Intake { get; }

    public OperationRunner Runner { get; }

    public RunWatch Watch { get; }

    private static HealthCheckSettings HealthChecks => new(
        Enabled: true,
        TimeSpan.FromMinutes(1),
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(5),
        Retries: 1,
        ["/api/health", "/api/health/database", "/api/health/migrations"]);

    /// <summary>Makes the collections, once and from one client.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await Database.PrepareAsync(cancellationToken);
        await Database.Database.GetCollection<Lease>("leases").Indexes.CreateOneAsync(
            new CreateIndexModel<Lease>(Builders<Lease>.IndexKeys.Ascending(lease => lease.RunId)), cancellationToken: cancellationToken);
        await Ledger.PrepareAsync(cancellationToken);
    }

    public static OperationCall Call(string operation, string environment = "staging", JsonObject? request = null, Door door = Door.Api) =>
        new(operation, environment, "a test", request ?? [], "Tess", door);

    /// <summary>Stores a run as queued and gives its id.</summary>
    public async Task<string> AcceptAsync(string operation, string environment = "staging", JsonObject? request = null)
    {
        var result = await Intake.AcceptAsync(Call(operation, environment, request), CancellationToken.None);
        return result is IntakeResult.Accepted accepted
            ? accepted.Run.Id
            : throw new InvalidOperationException($"{operation} of {environment} was not accepted: {result}");
    }

    /// <summary>Accepts and runs in this process; the run as it ended.</summary>
    public async Task<Run> RunAsync(string operation, string environment = "staging", JsonObject? request = null, CancellationToken stopping = default) =>
        await Runner.RunAsync(await AcceptAsync(operation, environment, request), stopping)
        ?? throw new InvalidOperationException("The run is gone.");

    public async Task<Run> FindAsync(string runId) =>
        await History.FindAsync(runId, CancellationToken.None) ?? throw new InvalidOperationException($"There is no run {runId}.");

    public void Dispose() => _http.Dispose();

    private static MongoClient Connect(EngineSettings settings)
    {
        var client = MongoClientSettings.FromConnectionString(settings.ConnectionString);
        client.ServerSelectionTimeout = settings.StorePatience;
        client.ConnectTimeout = settings.StorePatience;
        client.SocketTimeout = settings.StorePatience;
        return new MongoClient(client);
    }
}
