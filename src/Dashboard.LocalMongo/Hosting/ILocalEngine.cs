namespace Dashboard.LocalMongo.Hosting;

/// <summary>A server that the owner of a data directory runs.</summary>
internal interface ILocalEngine : IAsyncDisposable
{
    LocalMongoKind Kind { get; }

    string Description { get; }

    /// <summary>Returns when clients are answered on 127.0.0.1. Throws a <see cref="System.Net.Sockets.SocketException"/> where the port is taken.</summary>
    Task StartAsync(int port, CancellationToken cancellationToken);
}
