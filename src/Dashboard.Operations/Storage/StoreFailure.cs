using MongoDB.Driver;

namespace Dashboard.Operations.Storage;

/// <summary>Tells a database that failed or was not reached from a fault of our own.</summary>
public static class StoreFailure
{
    /// <summary>Whatever the driver throws, and its time-out while it looks for a server.</summary>
    public static bool Is(Exception exception) => exception is MongoException or TimeoutException;
}
