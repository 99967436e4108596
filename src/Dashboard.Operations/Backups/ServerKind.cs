using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>What a server says about its version, as far as moving raw data depends on it.</summary>
/// <param name="RemembersWrites">A member of a set, or a router: a write may be sent again with its number and is not done twice.</param>
internal sealed record ServerKind(string Version, bool RemembersWrites)
{
    /// <summary>From 8.3 on a time series keeps its buckets under its own name, and asks to be told that raw data is meant.</summary>
    public bool HasViewlessTimeSeries => Parts is ( > 8, _, _) or (8, >= 3, _);

    /// <summary>Whether a server can be told to leave a zero timestamp alone; others replace it with the current time.</summary>
    public bool KeepsEmptyTimestamps => Parts is ( >= 8, _, _) or (7, 0, >= 13) or (6, 0, >= 17) or (5, 0, >= 29);

    private (int Major, int Minor, int Patch) Parts
    {
        get
        {
            var parts = Version.Split('-', '+')[0].Split('.').Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
            return (parts.ElementAtOrDefault(0), parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
        }
    }

    public static async Task<ServerKind> AskAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var build = await database.RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), cancellationToken: cancellationToken);
        var hello = await database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellationToken);
        return new ServerKind(build["version"].AsString, hello.Contains("setName") || hello.GetValue("msg", "") == "isdbgrid");
    }

    /// <summary>Where the documents of a collection are; of a time series those are its buckets.</summary>
    public string PhysicalName(string collection, bool isTimeSeries) =>
        isTimeSeries && !HasViewlessTimeSeries ? "system.buckets." + collection : collection;
}
