using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>The address of an environment, the same from one start to the next.</summary>
internal sealed partial class LocalFront : IAsyncDisposable
{
    private readonly TcpFront _front;

    private LocalFront(TcpFront front) => _front = front;

    public Uri Address => AddressOf(_front.Port);

    public static Uri AddressOf(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>The port of the start before; 0 when there was none.</summary>
    public static int KeptPort(string folder) =>
        PortFile(folder) is var file && File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port : 0;

    /// <summary>The port of the start before, or one that is free now and is used at the next start.</summary>
    public static int ChoosePort(string folder)
    {
        if (KeptPort(folder) is > 0 and var kept)
            return kept;
        using var free = new TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        var port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
        Directory.CreateDirectory(folder);
        Keep(folder, port);
        return port;
    }

    /// <exception cref="InvalidOperationException">The port that was asked for is taken.</exception>
    public static LocalFront Open(LocalEnvironment environment, LocalMachinery machinery, Func<IReadOnlyList<Uri>> machines)
    {
        var kept = KeptPort(machinery.Folder);
        try
        {
            var front = new TcpFront(environment.Port == 0 ? kept : environment.Port, machines);
            if (front.Port != kept)
                Keep(machinery.Folder, front.Port);
            return new LocalFront(front);
        }
        catch (SocketException taken) when (environment.Port != 0)
        {
            throw new InvalidOperationException(
                $"Port {environment.Port} of {environment.Name} is taken: end the program that uses it, or choose another port.", taken);
        }
        catch (SocketException)
        {
            // The kept port has gone to another program: a new address is better than none.
            var front = new TcpFront(0, machines);
            LogMoved(machinery.Logger, environment.Name, kept, front.Port);
            Keep(machinery.Folder, front.Port);
            return new LocalFront(front);
        }
    }

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    private static string PortFile(string folder) => Path.Combine(folder, "port");

    private static void Keep(string folder, int port) => File.WriteAllText(PortFile(folder), port.ToString(CultureInfo.InvariantCulture));

    [LoggerMessage(LogLevel.Warning, "{Environment} moves from port {Kept}, which is taken, to {Port}")]
    private static partial void LogMoved(ILogger logger, string environment, int kept, int port);
}
