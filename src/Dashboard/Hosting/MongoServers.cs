using Dashboard.Operations.Configuration;
using MongoDB.Driver;

namespace Dashboard.Hosting;

/// <summary>The MongoDB of the dashboard and those of the environments; in local mode one server carries all.</summary>
public sealed class MongoServers : IAsyncDisposable
{
    /// <summary>Long enough for a failover, short enough for a page to say that the database is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _server;
    private readonly Dictionary<string, IMongoClient> _clients = new(StringComparer.Ordinal);

    private MongoServers(string server)
    {
        _server = server;
        Client = ClientFor(server);
    }

    /// <summary>The server of the dashboard's own database.</summary>
    public IMongoClient Client { get; }

    /// <summary>Which server was chosen, for the log.</summary>
    public string Description => "given";

    public string ConnectionString => _server;

    public static async Task<MongoServers> StartAsync(DashboardOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        _ = (loggers, cancellationToken);
        return new MongoServers(options.Variable("MONGODB_URI") ?? throw new StartRefusedException("Set MONGODB_URI."));
    }

    /// <summary>The connection string of an environment's application.</summary>
    public string ConnectionStringOf(EnvironmentSettings environment, Settings settings, Func<string, string?> variable) =>
        variable(environment.ConnectionVariable) is { Length: > 0 } given ? given
        : settings.Mode == DashboardMode.Local ? _server
        : throw new InvalidOperationException($"The variable {environment.ConnectionVariable} is not set.");

    public IMongoClient ClientFor(string connectionString)
    {
        if (_clients.TryGetValue(connectionString, out var known))
            return known;
        var settings = MongoClientSettings.FromConnectionString(connectionString);
        settings.ServerSelectionTimeout = Patience;
        settings.ConnectTimeout = Patience;
        settings.ApplicationName = "dashboard";
        return _clients[connectionString] = new MongoClient(settings);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        await Task.CompletedTask;
    }
}
