using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>Where the server of a data directory listens; kept in the file <c>endpoint</c>, chosen once.</summary>
internal sealed record Endpoint(int Port, LocalMongoKind Kind)
{
    private const string FileName = "endpoint";

    public static Endpoint? Read(string directory)
    {
        try
        {
            var parts = File.ReadAllText(Path.Combine(directory, FileName)).Split(' ');
            return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var port) && Enum.TryParse<LocalMongoKind>(parts[1], out var kind)
                ? new Endpoint(port, kind)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Write(string directory)
    {
        var path = Path.Combine(directory, FileName);
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{Port} {Kind}"));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Whether a command is answered in a second; a process that is about to die still accepts connections.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            using var client = await AdminConnection.OpenAsync(Port, time.Token);
            await client.RunAsync(new BsonDocument("ping", 1), time.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    public static bool IsTaken(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
