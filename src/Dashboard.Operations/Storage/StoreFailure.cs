using MongoDB.Driver;

namespace Dashboard.Operations.Storage;

/// <summary>Tells a database that failed or was not reached from a fault of our own.</summary>
public static class StoreFailure
{
    /// <summary>Whatever the driver throws, and its time-out while it looks for a server.</summary>
    public static bool Is(Exception exception) => exception is MongoException or TimeoutException;

    /// <summary>The driver's reason without its view of the cluster, in which every server comes with its own stack trace; no full stop at its end.</summary>
    public static string Why(Exception exception)
    {
        var message = exception.GetBaseException().Message;
        var view = message.IndexOf(" using CompositeServerSelector", StringComparison.Ordinal);
        return (view < 0 ? message : message[..view]).Split('\n')[0].TrimEnd('.', '\r');
    }
}
