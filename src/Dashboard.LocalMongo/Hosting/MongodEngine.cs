using System.Globalization;
using System.Net.Sockets;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>A private mongod as a replica set of one, on the subdirectory <c>mongod</c> of a data directory.</summary>
internal sealed class MongodEngine(LocalMongoOptions options, string version) : ILocalEngine
{
    public const string Subdirectory = "mongod";

    private const int NotYetInitialized = 94;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stopping = new();
    private ServerProcess? _server;
    private Task _supervising = Task.CompletedTask;

    public LocalMongoKind Kind => LocalMongoKind.Mongod;

    public string Description => $"mongod ({version})";

    private string Log => Path.Combine(options.DataDirectory, "engine.log");

    private string Data => Path.Combine(options.DataDirectory, Subdirectory);

    private string PidFile => Path.Combine(options.DataDirectory, "mongod.pid");

    public async Task StartAsync(int port, CancellationToken cancellationToken)
    {
        await StopLeftoverAsync(cancellationToken);
        if (Endpoint.IsTaken(port)) throw new SocketException((int)SocketError.AddressAlreadyInUse);
        Directory.CreateDirectory(Data);
        await StartServerAsync(port, cancellationToken);
        _supervising = SuperviseAsync(port);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervising;
        if (_server is { } server)
        {
            await server.StopAsync(StopPatience);
            server.Dispose();
        }

        _stopping.Dispose();
    }

    private async Task SuperviseAsync(int port)
    {
        try
        {
            while (_server is { } server)
            {
                await server.WaitForExitAsync(_stopping.Token);
                server.Dispose();
                _server = null;
                await Task.Delay(Poll, options.TimeProvider, _stopping.Token);
                await StartServerAsync(port, _stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or LocalMongoException)
        {
            // The owner stops it, or it cannot start again, which every client sees.
        }
    }

    private async Task StartServerAsync(int port, CancellationToken cancellationToken)
    {
        _server = ServerProcess.Start(Log, "TERM",
        [
            "mongod", "--dbpath", Data, "--port", port.ToString(CultureInfo.InvariantCulture), "--bind_ip", "127.0.0.1", "--replSet", "rs0",
            "--nounixsocket", "--pidfilepath", PidFile,
        ]);
        var started = options.TimeProvider.GetTimestamp();
        while (!await IsPrimaryAsync(port, cancellationToken))
        {
            if (_server.HasExited) throw new LocalMongoException($"mongod did not start; the reason is at the end of {Log}.");
            if (options.TimeProvider.GetElapsedTime(started) > StartPatience) throw new LocalMongoException($"mongod was not ready after {StartPatience}; see {Log}.");
            await Task.Delay(Poll, options.TimeProvider, cancellationToken);
        }
    }

    private static async Task<bool> IsPrimaryAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = await AdminConnection.OpenAsync(port, cancellationToken);
            var hello = await client.RunAsync(new BsonDocument("hello", 1), cancellationToken);
            if (hello.GetValue("isWritablePrimary", false).ToBoolean()) return true;
            await ConfigureAsync(client, port, cancellationToken);
            return false;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>A new data directory has no configuration, and one that was used on another port has the wrong one.</summary>
    private static async Task ConfigureAsync(AdminConnection client, int port, CancellationToken cancellationToken)
    {
        var me = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var reply = await client.RunAsync(new BsonDocument("replSetGetConfig", 1), cancellationToken);
        if (reply.GetValue("code", 0).ToInt32() == NotYetInitialized)
        {
            var config = new BsonDocument { { "_id", "rs0" }, { "members", new BsonArray { new BsonDocument { { "_id", 0 }, { "host", me } } } } };
            await client.RunAsync(new BsonDocument("replSetInitiate", config), cancellationToken);
        }
        else if (reply.TryGetValue("config", out var found) && found["members"][0]["host"].AsString != me)
        {
            found["members"][0]["host"] = me;
            found["version"] = found["version"].ToInt64() + 1;
            await client.RunAsync(new BsonDocument { { "replSetReconfig", found }, { "force", true } }, cancellationToken);
        }
    }

    private async Task StopLeftoverAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(PidFile) || !int.TryParse((await File.ReadAllTextAsync(PidFile, cancellationToken)).Trim(), CultureInfo.InvariantCulture, out var id)) return;
        var left = new RunningProcess(id, options.TimeProvider);
        if (left.IsAlive && left.WasStartedWith(Data)) await left.StopAsync(StopPatience, cancellationToken, "TERM", "KILL");
    }
}
