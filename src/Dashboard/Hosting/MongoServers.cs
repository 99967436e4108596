using Dashboard.LocalMongo;
using Dashboard.Operations.Configuration;
using MongoDB.Driver;

namespace Dashboard.Hosting;

/// <summary>The MongoDB of the dashboard and those of the environments; in local mode one server carries all.</summary>
public sealed class MongoServers : IAsyncDisposable
{
    /// <summary>Long enough for a failover, short enough for a page to say that the database is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The driver's own is 500, and refuses whoever comes next: a burst of posted metrics is to wait for its second instead of being lost.</summary>
    private const int LongestQueue = 20_000;

    private readonly LocalMongoServer _server;
    private readonly Dictionary<string, IMongoClient> _clients = new(StringComparer.Ordinal);

    private MongoServers(LocalMongoServer server)
    {
        _server = server;
        Client = ClientFor(server.ConnectionString);
    }

    /// <summary>The server of the dashboard's own database.</summary>
    public IMongoClient Client { get; }

    /// <summary>Which server was chosen, for the log.</summary>
    public string Description => _server.Description;

    public string ConnectionString => _server.ConnectionString;

    public static async Task<MongoServers> StartAsync(DashboardOptions options, DashboardMode mode, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var own = options.Variable("DASHBOARD_MONGODB_URI") is { Length: > 0 } said ? said : null;
        if (mode == DashboardMode.Fly && own is null && options.Target is { ConnectionString: not null } target)
            throw new StartRefusedException(
                $"MONGODB_URI would be both the server of {target.Environment}'s data and the dashboard's own, so that one passes for the other. Set DASHBOARD_MONGODB_URI to the dashboard's own MongoDB; MONGODB_URI then says where the data is, and where it is not set, config/dashboard.json does.");
        try
        {
            return new MongoServers(await LocalMongoServer.StartAsync(
                new LocalMongoOptions
                {
                    GivenUri = own ?? options.Variable("MONGODB_URI"),
                    DataDirectory = Path.Combine(options.LocalFolder, "mongo"),
                    CacheDirectory = options.Variable("XDG_CACHE_HOME"),
                },
                loggers,
                cancellationToken));
        }
        catch (LocalMongoException exception)
        {
            throw new StartRefusedException(exception.Message, exception);
        }
    }

    /// <summary>The database of an environment's application.</summary>
    public IMongoDatabase DatabaseOf(EnvironmentSettings environment, Settings settings, DashboardOptions options) =>
        ClientFor(ConnectionOf(environment, settings, options)).GetDatabase(environment.Database);

    /// <summary>The connection string of an environment's application: a secret.</summary>
    public string ConnectionOf(EnvironmentSettings environment, Settings settings, DashboardOptions options)
    {
        var said = options.Target is { ConnectionString: { } given } target && target.Environment == environment.Name ? given : null;
        return said ?? (settings.Mode == DashboardMode.Local
            ? ConnectionString
            : options.Variable(environment.ConnectionVariable) ?? throw new InvalidOperationException($"The variable {environment.ConnectionVariable} is not set."));
    }

    private IMongoClient ClientFor(string connectionString)
    {
        if (_clients.TryGetValue(connectionString, out var known))
            return known;
        var settings = MongoClientSettings.FromConnectionString(connectionString);
        settings.ServerSelectionTimeout = Patience;
        settings.ConnectTimeout = Patience;
        settings.ApplicationName = "dashboard";
        settings.ClusterConfigurator = cluster => cluster.ConfigureConnectionPool(pool => pool.With(waitQueueSize: LongestQueue));
        return _clients[connectionString] = new MongoClient(settings);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        await _server.DisposeAsync();
    }
}
