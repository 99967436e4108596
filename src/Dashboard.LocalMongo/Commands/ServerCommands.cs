using System.Globalization;
using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Commands;

/// <summary>What a client asks about the server itself; answered here, as a replica set of one member.</summary>
internal sealed class ServerCommands(int port, Func<int> connections, TimeProvider timeProvider)
{
    private const string SetName = "rs0";
    private const string Version = "7.0.0";

    // The engine's limit (documentdb.maxWriteBatchSize); drivers split bigger batches by it.
    private const int MaxWriteBatchSize = 25_000;

    private readonly ObjectId _electionId = ObjectId.GenerateNewId();
    private readonly long _started = timeProvider.GetTimestamp();

    private string Me => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    private BsonDateTime Now => new(timeProvider.GetUtcNow().UtcDateTime);

    private BsonTimestamp Time => new((int)timeProvider.GetUtcNow().ToUnixTimeSeconds(), 1);

    public void AddTo(Dictionary<string, CommandHandler> handlers)
    {
        Add(handlers, context => Hello(context, "isWritablePrimary"), "hello");
        Add(handlers, context => Hello(context, "ismaster"), "isMaster", "ismaster");
        // Indexes need no rebuilding, and a capped collection is an ordinary one here.
        Add(handlers, _ => [], "ping", "reIndex", "convertToCapped");
        Add(handlers, Fsync, "fsync");
        Add(handlers, GetParameter, "getParameter");
        Add(handlers, _ => BuildInfo(), "buildInfo", "buildinfo");
        Add(handlers, _ => HostInfo(), "hostInfo");
        Add(handlers, context => new BsonDocument("you", $"127.0.0.1:{context.Request.ConnectionId}"), "whatsmyuri");
        Add(handlers, _ => ConnectionStatus(), "connectionStatus");
        Add(handlers, _ => new BsonDocument { { "totalLinesWritten", 0 }, { "log", new BsonArray() } }, "getLog");
        Add(handlers, _ => new BsonDocument { { "argv", new BsonArray { "dashboard-local-mongo" } }, { "parsed", new BsonDocument() } }, "getCmdLineOpts");
        Add(handlers, _ => ServerStatus(), "serverStatus");
        Add(handlers, _ => ReplicaSetStatus(), "replSetGetStatus");
        Add(handlers, _ => new BsonDocument { { "was", 0 }, { "slowms", 100 }, { "sampleRate", 1.0 } }, "profile");
        Add(handlers, _ => new BsonDocument("users", new BsonArray()), "usersInfo");
        Add(handlers, _ => new BsonDocument("roles", new BsonArray()), "rolesInfo");
        handlers.Add("saslStart", _ => throw new MongoError(
            ErrorCodes.AuthenticationFailed, "Authentication failed: this server has no users; leave user name and password out of the connection string."));
    }

    private static void Add(Dictionary<string, CommandHandler> handlers, Func<CommandContext, BsonDocument> answer, params ReadOnlySpan<string> names)
    {
        foreach (var name in names) handlers.Add(name, context => Task.FromResult(Reply.Of(answer(context))));
    }

    private BsonDocument Hello(CommandContext context, string primary) => new()
    {
        { "helloOk", true },
        { primary, true },
        { "setName", SetName },
        { "setVersion", 1 },
        { "secondary", false },
        { "hosts", new BsonArray { Me } },
        { "primary", Me },
        { "me", Me },
        { "electionId", _electionId },
        { "lastWrite", new BsonDocument { { "opTime", new BsonDocument { { "ts", Time }, { "t", 1L } } }, { "lastWriteDate", Now } } },
        { "maxBsonObjectSize", 16 * 1024 * 1024 },
        { "maxMessageSizeBytes", WireMessage.MaxSize },
        { "maxWriteBatchSize", MaxWriteBatchSize },
        { "localTime", Now },
        { "logicalSessionTimeoutMinutes", 30 },
        { "connectionId", context.Request.ConnectionId },
        { "minWireVersion", 0 },
        // 21 keeps drivers off the bulkWrite command of MongoDB 8.
        { "maxWireVersion", 21 },
        { "readOnly", false },
    };

    private static BsonDocument Fsync(CommandContext context) => context.Request.Body.Flag("lock")
        ? throw new MongoError(ErrorCodes.CommandNotSupported, "fsync with lock is not supported here.")
        : new BsonDocument("numFiles", 1);

    private static BsonDocument GetParameter(CommandContext context) => context.Request.Body.Has("featureCompatibilityVersion")
        ? new BsonDocument("featureCompatibilityVersion", new BsonDocument("version", "7.0"))
        : throw new MongoError(ErrorCodes.InvalidOptions, "no option found to get");

    private static BsonDocument BuildInfo() => new()
    {
        { "version", Version },
        { "gitVersion", "dashboard-local-mongo" },
        { "modules", new BsonArray() },
        { "sysInfo", "DocumentDB on PostgreSQL" },
        { "versionArray", new BsonArray { 7, 0, 0, 0 } },
        { "bits", 64 },
        { "debug", false },
        { "maxBsonObjectSize", 16 * 1024 * 1024 },
        { "storageEngines", new BsonArray { "documentdb" } },
    };

    private BsonDocument HostInfo() => new()
    {
        {
            "system", new BsonDocument
            {
                { "currentTime", Now }, { "hostname", Environment.MachineName }, { "cpuAddrSize", 64 }, { "numCores", Environment.ProcessorCount },
            }
        },
        { "os", new BsonDocument { { "type", "Linux" }, { "name", "Debian" } } },
        { "extra", new BsonDocument() },
    };

    private static BsonDocument ConnectionStatus() => new("authInfo", new BsonDocument
    {
        { "authenticatedUsers", new BsonArray() }, { "authenticatedUserRoles", new BsonArray() },
    });

    private BsonDocument ServerStatus()
    {
        var uptime = timeProvider.GetElapsedTime(_started);
        return new BsonDocument
        {
            { "host", Me },
            { "version", Version },
            { "process", "dashboard-local-mongo" },
            { "pid", (long)Environment.ProcessId },
            { "uptime", uptime.TotalSeconds },
            { "uptimeMillis", (long)uptime.TotalMilliseconds },
            { "localTime", Now },
            { "connections", new BsonDocument { { "current", connections() }, { "available", Math.Max(0, Wire.Gateway.MaxConnections - connections()) } } },
            { "mem", new BsonDocument { { "bits", 64 }, { "resident", (int)(Environment.WorkingSet >> 20) } } },
            { "storageEngine", new BsonDocument { { "name", "documentdb" }, { "persistent", true } } },
        };
    }

    private BsonDocument ReplicaSetStatus() => new()
    {
        { "set", SetName },
        { "date", Now },
        { "myState", 1 },
        { "term", 1L },
        {
            "members", new BsonArray
            {
                new BsonDocument
                {
                    { "_id", 0 }, { "name", Me }, { "health", 1.0 }, { "state", 1 }, { "stateStr", "PRIMARY" }, { "self", true },
                    { "uptime", (int)timeProvider.GetElapsedTime(_started).TotalSeconds }, { "optimeDate", Now },
                },
            }
        },
    };
}
