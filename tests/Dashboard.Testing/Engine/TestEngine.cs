using System.Text.Json.Nodes;
using Dashboard.Operations;
using Dashboard.Operations.Access;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;

namespace Dashboard.Testing.Engine;

/// <summary>The real engine with the host's own registrations and the ledger's operations, without Hangfire and the web.</summary>
public sealed class TestEngine : IDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="configure">Last word on the services.</param>
    public TestEngine(EngineSettings settings, ILoggerFactory? loggers = null, TimeProvider? time = null, Action<IServiceCollection>? configure = null)
    {
        Settings = settings;
        Platform = new StillPlatform(settings.BackupFolder.Length == 0 ? null : Path.Combine(Path.GetDirectoryName(settings.BackupFolder) ?? settings.BackupFolder, "still-platform"));
        Time = time ?? new ShiftedTime(settings.ClockOffset, settings.ClockStandsAt);
        Client = Connect(settings, settings.ConnectionString);
        var targets = settings.TargetConnectionString is { } way ? Connect(settings, way) : Client;
        Database = new DashboardDatabase(Client, settings.Database);
        Ledger = new EffectLedger(Client.GetDatabase(settings.LedgerDatabase), settings.LedgerRefusesOldTokens);
        Environments = new EnvironmentRegistry([.. settings.Environments.Select(name => new TargetEnvironment(
            name, name, settings.AddressOf(name), targets.GetDatabase(settings.TargetOf(name)), settings.Migration)
        {
            ConnectionString = settings.TargetConnectionString ?? settings.ConnectionString,
            MaintenanceSwitch = settings.MaintenanceSwitch,
        })]);
        _services = Build(loggers ?? NullLoggerFactory.Instance, configure);
        Backups = Get<BackupFolder>();
        Options = Get<RunnerOptions>();
        Leases = Get<Leases>();
        Runs = Get<RunStore>();
        History = Get<RunHistory>();
        Catalog = Get<OperationCatalog>();
        Intake = Get<Intake>();
        Runner = Get<OperationRunner>();
        Watch = Get<RunWatch>();
    }

    public EngineSettings Settings { get; }

    public TimeProvider Time { get; }

    public IMongoClient Client { get; }

    public DashboardDatabase Database { get; }

    public EffectLedger Ledger { get; }

    public BackupFolder Backups { get; }

    public RunnerOptions Options { get; }

    /// <summary>Unless the test brought another.</summary>
    public StillPlatform Platform { get; }

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
        new(operation, environment, "a test", request ?? [], VisitOf("Tess", door));

    /// <summary>Somebody who may everything that may be done through the door.</summary>
    public static Visit VisitOf(string name, Door door) =>
        door is Door.CommandLine or Door.Schedule ? Visit.OfMachine(name, door) : new Visit(new Caller(name, Role.Administrator), door, "a test's host");

    /// <summary>Stores a run as queued and gives its id.</summary>
    /// <param name="confirm">The target's name, for an operation that has a plan; the call then comes as if from the command line.</param>
    public async Task<string> AcceptAsync(string operation, string environment = "staging", JsonObject? request = null, string? confirm = null)
    {
        var call = Call(operation, environment, request, confirm is null ? Door.Api : Door.CommandLine) with { Confirm = confirm };
        var result = await Intake.AcceptAsync(call, CancellationToken.None);
        return result is IntakeResult.Accepted accepted
            ? accepted.Run.Id
            : throw new InvalidOperationException($"{operation} of {environment} was not accepted: {result}");
    }

    /// <summary>As a person does it: looks at the plan, confirms it, and gives the id of the run.</summary>
    public async Task<string> ConfirmAsync(string operation, string environment = "staging", JsonObject? request = null, Door door = Door.Api)
    {
        var call = Call(operation, environment, request, door);
        var plan = (await Intake.PreviewAsync(call, CancellationToken.None)).Plan ?? throw new InvalidOperationException($"{operation} has no plan.");
        var result = await Intake.AcceptAsync(call with { Confirm = plan.Target, PlanHash = plan.Hash }, CancellationToken.None);
        return result is IntakeResult.Accepted accepted
            ? accepted.Run.Id
            : throw new InvalidOperationException($"{operation} of {environment} was not accepted: {(result as IntakeResult.Blocked)?.Sentence ?? result.ToString()}");
    }

    /// <summary>Confirms the plan and runs in this process; the run as it ended.</summary>
    public async Task<Run> RunConfirmedAsync(string operation, string environment = "staging", JsonObject? request = null, Door door = Door.Api) =>
        await Runner.RunAsync(await ConfirmAsync(operation, environment, request, door), CancellationToken.None)
        ?? throw new InvalidOperationException("The run is gone.");

    /// <summary>Accepts and runs in this process; the run as it ended.</summary>
    public async Task<Run> RunAsync(string operation, string environment = "staging", JsonObject? request = null, string? confirm = null, CancellationToken stopping = default) =>
        await Runner.RunAsync(await AcceptAsync(operation, environment, request, confirm), stopping)
        ?? throw new InvalidOperationException("The run is gone.");

    public async Task<Run> FindAsync(string runId) =>
        await History.FindAsync(runId, CancellationToken.None) ?? throw new InvalidOperationException($"There is no run {runId}.");

    /// <summary>One of the services that the host registers.</summary>
    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public void Dispose() => _services.Dispose();

    private ServiceProvider Build(ILoggerFactory loggers, Action<IServiceCollection>? configure)
    {
        var services = new ServiceCollection()
            .AddSingleton(loggers)
            .AddSingleton(Time)
            .AddSingleton(new RunnerOptions { LeaseDuration = Settings.LeaseDuration, Heartbeat = Settings.Heartbeat, OutcomePatience = Settings.OutcomePatience })
            .AddSingleton(Client)
            .AddSingleton(Database)
            .AddSingleton(Ledger)
            .AddSingleton(Environments)
            .AddEngine(ProductSettings)
            .AddOperations()
            .AddTransient<Operation, LedgerOperation>()
            .AddTransient<Operation, LedgerReading>()
            .AddTransient<Operation, LedgerErasure>();
        configure?.Invoke(services);

        // What a test does not bring itself.
        services.TryAddSingleton<IPlatform>(Platform);
        return services.BuildServiceProvider();
    }

    private Settings ProductSettings => new()
    {
        Mode = DashboardMode.Fly,
        Database = Settings.Database,
        BackupDirectory = Settings.BackupFolder,
        BackupKeys = new BackupKeys(Settings.BackupKey is { } key ? BackupKey.TryParse(key) : null, [.. Settings.OldBackupKeys.Select(BackupKey.TryParse).OfType<BackupKey>()]),
        Copies = [.. Settings.CopyFolders.Select((folder, index) => new CopyPlaceSettings($"place-{index + 1}", folder, Bucket: null))],
        Environments = [],
        Schedule = [],
        HealthChecks = HealthChecks,
        Access = new AccessSettings { Approvals = Settings.Approvals },
    };

    private static MongoClient Connect(EngineSettings settings, string connectionString)
    {
        var client = MongoClientSettings.FromConnectionString(connectionString);
        client.ServerSelectionTimeout = settings.StorePatience;
        client.ConnectTimeout = settings.StorePatience;
        client.SocketTimeout = settings.StorePatience;
        return new MongoClient(client);
    }
}
