using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>
/// Which server a restore changed: a caller may have said another one than the configured, and a database of the same name is on both. Holds
/// addresses and the replica set's name, never who signs in.
/// </summary>
/// <param name="Hosts">Of a replica set as its members call themselves, whatever way leads there; else as the connection string has them. Lower case, in order.</param>
public sealed record RestoreServer(IReadOnlyList<string> Hosts, string? ReplicaSet)
{
    private static readonly string[] Loopback = ["127.0.0.1:", "[::1]:", "::1:"];

    /// <exception cref="MongoException">It does not answer.</exception>
    internal static async Task<RestoreServer> AskAsync(IMongoClient client, CancellationToken cancellationToken)
    {
        var hello = await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellationToken);
        return hello.TryGetValue("setName", out var name) && hello.TryGetValue("hosts", out var hosts) && hosts is BsonArray { Count: > 0 } members
            ? Of(members.Select(member => member.AsString), name.AsString)
            : Of(client.Settings.Servers.Select(server => server.ToString()), replicaSet: null);
    }

    internal static RestoreServer Of(IEnumerable<string> hosts, string? replicaSet) => new([.. hosts.Select(Normal).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], replicaSet);

    /// <summary>A replica set stays the same one while any member stays.</summary>
    internal bool IsSameAs(RestoreServer other) =>
        (ReplicaSet is null || other.ReplicaSet is null || ReplicaSet == other.ReplicaSet) && Hosts.Intersect(other.Hosts, StringComparer.Ordinal).Any();

    /// <summary>For sentences.</summary>
    public override string ToString() => ReplicaSet is null ? string.Join(',', Hosts) : $"{string.Join(',', Hosts)} (replica set {ReplicaSet})";

    private static string Normal(string host)
    {
        var lower = host.ToLowerInvariant();
        return Array.Find(Loopback, prefix => lower.StartsWith(prefix, StringComparison.Ordinal)) is { } loopback ? $"localhost:{lower[loopback.Length..]}" : lower;
    }
}
