using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests.Interop;

/// <summary>Something that a database can hold, put into it by commands.</summary>
/// <param name="Name">Of the row in the theory.</param>
/// <param name="Commands">Run on an empty database, one after another.</param>
/// <param name="Documents">Then inserted, by collection.</param>
public sealed record InteropCase(string Name, string[] Commands, params (string Collection, IEnumerable<BsonDocument> Documents)[] Documents)
{
    /// <summary>
    /// The metadata that mongodump 100.7.0 writes for it on MongoDB 7.0, by collection, for cases that DocumentDB refuses: there
    /// the test takes these through our reader and writer.
    /// </summary>
    public (string Collection, string Metadata)[] Recorded { get; init; } = [];

    public bool IsGenuineOnly => Recorded.Length > 0;

    /// <summary>mongorestore before 100.12.2 skips it silently.</summary>
    public bool IsSkippedByRestore { get; init; }
}
