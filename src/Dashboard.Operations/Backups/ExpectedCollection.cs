using Dashboard.MongoArchive;
using MongoDB.Bson;

namespace Dashboard.Operations.Backups;

/// <summary>What a collection, time series or view should be.</summary>
public sealed record ExpectedCollection
{
    /// <summary>In the database that is looked at.</summary>
    public required string Name { get; init; }

    /// <summary>How differences name it, where that is not <see cref="Name"/>.</summary>
    public string? ShownName { get; init; }

    /// <summary><c>collection</c>, <c>view</c> or <c>timeseries</c>; empty when any will do.</summary>
    public required string Type { get; init; }

    /// <summary>Null: not compared.</summary>
    public long? Documents { get; init; }

    /// <summary>Null: not compared.</summary>
    public ContentDigest? Digest { get; init; }

    /// <summary>As a server lists them; null: not compared.</summary>
    public BsonDocument? Options { get; init; }

    /// <summary>As a server lists them; null: not compared.</summary>
    public IReadOnlyList<BsonDocument>? Indexes { get; init; }

    /// <summary>False until <see cref="LoadResult.FinishAsync"/>: whether and when documents expire is left out of the comparison.</summary>
    public bool ComparesExpiry { get; init; }

    /// <summary>What a load should have left, before it was finished.</summary>
    /// <param name="loaded">As the load reported it.</param>
    /// <param name="map">The names that views look at, as <see cref="LoadOptions.MapViews"/> changed them; null when it did not.</param>
    public static ExpectedCollection Of(LoadedCollection loaded, Func<string, string>? map = null) => new()
    {
        Name = loaded.Name,
        ShownName = loaded.Source.Collection,
        Type = loaded.Source.Type,
        Documents = loaded.Totals.Documents,
        Digest = loaded.Digest,
        Options = loaded.Source.IsView ? ViewDefinition.Map(loaded.Source, map ?? (name => name)) : loaded.Source.Options,
        Indexes = loaded.Source.Indexes,
    };
}

/// <summary>What was found of an expected collection.</summary>
/// <param name="Documents">0 for views and for what is missing.</param>
/// <param name="Bytes">Uncompressed BSON.</param>
/// <param name="Differences">Sentences for the operator; none when it is as expected.</param>
public sealed record ComparedCollection(string Name, long Documents, long Bytes, ContentDigest Digest, IReadOnlyList<string> Differences)
{
    public bool IsEqual => Differences.Count == 0;
}
