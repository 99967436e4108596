using System.Text;
using Dashboard.LocalMongo.Hosting;
using Dashboard.LocalMongo.Wire;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Dashboard.LocalMongo.PostgreSql;

/// <summary>DocumentDB and the gateway before it, on the subdirectory <c>pg</c> of a data directory.</summary>
internal sealed class DocumentDbEngine(LocalMongoOptions options, string cacheDirectory, ILogger logger) : ILocalEngine
{
    public const string Subdirectory = "pg";

    // A socket's path has 108 bytes at most, of which "/.s.PGSQL.5432" and an end mark are 15.
    private const int MaxSocketDirectory = 93;

    private readonly PrivateRoot _root = new(cacheDirectory, options.TimeProvider, logger);
    private PostgresProcess? _postgres;
    private Gateway? _gateway;
    private string? _temporarySocketDirectory;

    public LocalMongoKind Kind => LocalMongoKind.DocumentDb;

    public string Description => "DocumentDB on PostgreSQL 18 (almost a MongoDB: no change streams, no collation)";

    public async Task StartAsync(int port, CancellationToken cancellationToken)
    {
        if (_postgres is null)
        {
            await _root.EnsureAsync(cancellationToken);
            var data = Path.Combine(options.DataDirectory, Subdirectory);
            await MakeDataAsync(data, cancellationToken);
            var account = await Account.ForAsync([options.DataDirectory, data, _root.Binaries], cancellationToken);
            var socket = await SocketDirectoryAsync(data, account, cancellationToken);
            var log = Path.Combine(options.DataDirectory, "engine.log");
            _postgres = new PostgresProcess(_root.Binaries, data, socket, log, options.Durable, account, options.TimeProvider, logger);
            await _postgres.StartAsync(cancellationToken);
            ConnectionString = EngineConnection(socket);
        }

        if (_gateway is not null) await _gateway.DisposeAsync();
        _gateway = new Gateway(port, ConnectionString, options.DataDirectory, options.TimeProvider, logger);
        await _gateway.StartAsync(cancellationToken);
    }

    private string ConnectionString { get; set; } = "";

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
        if (_temporarySocketDirectory is not null && Directory.Exists(_temporarySocketDirectory)) Directory.Delete(_temporarySocketDirectory, recursive: true);
    }

    /// <summary>A copy of the template, put in place by a rename, so that a half copy is never taken for data.</summary>
    private async Task MakeDataAsync(string data, CancellationToken cancellationToken)
    {
        if (Directory.Exists(data)) return;
        var copy = data + ".new";
        if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        await Tool.RunAsync(["cp", "-a", "--reflink=auto", _root.Template, copy], cancellationToken);
        if (options.Durable) await Tool.TryRunAsync(["sync", "-f", copy], cancellationToken);
        Directory.Move(copy, data);
    }

    /// <summary>The data directory itself, which only the engine's account may enter: whoever reaches the socket is the engine's administrator.</summary>
    private async Task<string> SocketDirectoryAsync(string data, Account account, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(data) <= MaxSocketDirectory && data.All(IsPlain)) return data;
        _temporarySocketDirectory = Directory.CreateTempSubdirectory("lm").FullName;
        await account.TakeAsync(_temporarySocketDirectory, cancellationToken);
        return _temporarySocketDirectory;
    }

    /// <summary>Spaces, quotes and commas would need three kinds of quoting in the engine's settings.</summary>
    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+';

    private static string EngineConnection(string socketDirectory) => new NpgsqlConnectionStringBuilder
    {
        Host = socketDirectory,
        Port = 5432,
        Username = "postgres",
        Database = "postgres",
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        SearchPath = "documentdb_api_catalog,documentdb_api,public",
        Options = "-c client_min_messages=error -c documentdb.useFileBasedPersistedCursors=on -c documentdb.throwDeadlockOnCRUD=on",
        NoResetOnClose = true,
        MaxAutoPrepare = 60,
        AutoPrepareMinUsages = 2,
        MaxPoolSize = 24,
        ConnectionIdleLifetime = 60,
        Timeout = 60,
        CommandTimeout = 0,
    }.ConnectionString;
}
