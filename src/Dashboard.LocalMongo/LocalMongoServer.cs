using Dashboard.LocalMongo.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashboard.LocalMongo;

/// <summary>
/// A MongoDB for one machine: the one given, else a private mongod, else DocumentDB. While several processes hold one for the same data
/// directory the first runs it; when that ends, however it ends, another takes over on the same port and drivers reconnect.
/// </summary>
public sealed class LocalMongoServer : IAsyncDisposable
{
    internal const string ThreeWays =
        "set MONGODB_URI to a MongoDB that runs, or install mongod so that it is on the PATH, or use a Debian machine (amd64 or arm64) that can download packages.";

    private readonly SharedServer? _shared;
    private readonly string _givenDescription;

    private LocalMongoServer(string connectionString, SharedServer? shared, string givenDescription)
    {
        ConnectionString = connectionString;
        _shared = shared;
        _givenDescription = givenDescription;
    }

    /// <summary>Stays valid when another process takes the server over.</summary>
    public string ConnectionString { get; }

    public LocalMongoKind Kind => _shared?.Kind ?? LocalMongoKind.Given;

    /// <summary>One line for people: what it is and where; without credentials.</summary>
    public string Description => _shared?.Description ?? _givenDescription;

    /// <summary>
    /// Returns when the server answers: well under a second where data is there already, some seconds the first time,
    /// about a quarter of a minute where DocumentDB must be downloaded first.
    /// </summary>
    /// <exception cref="LocalMongoException">There is no way to a MongoDB; the message says what to do.</exception>
    public static async Task<LocalMongoServer> StartAsync(
        LocalMongoOptions options, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!string.IsNullOrWhiteSpace(options.GivenUri)) return new LocalMongoServer(options.GivenUri, null, "the MongoDB that MONGODB_URI names");

        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<LocalMongoServer>();
        var shared = new SharedServer(options with { DataDirectory = Path.GetFullPath(options.DataDirectory) }, logger);
        try
        {
            var port = await shared.StartAsync(cancellationToken);
            return new LocalMongoServer(ConnectionStringFor(port), shared, "");
        }
        catch
        {
            await shared.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server if this process runs it and leaves no process behind; open commands have three seconds to finish.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_shared is not null) await _shared.DisposeAsync();
    }

    private static string ConnectionStringFor(int port) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"mongodb://127.0.0.1:{port}/?replicaSet=rs0&directConnection=true");
}
