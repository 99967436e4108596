using Dashboard.MongoArchive;
using MongoDB.Bson;

namespace Dashboard.Operations.Backups;

/// <summary>Index definitions as servers list them, made ready to be built elsewhere or to be compared.</summary>
internal static class IndexDefinition
{
    /// <summary>
    /// What a definition carries of the server it comes from, or of servers long gone: the index format's version, the namespace,
    /// how it was built, and that 9.0 also lists the simple collation.
    /// </summary>
    private static readonly string[] Dropped = ["v", "ns", "background", "dropDups", "safe"];

    /// <summary>The indexes that have to be built: not that of _id, which each collection has, and not a clustered one, which is the collection.</summary>
    public static IReadOnlyList<BsonDocument> ToBuild(ArchiveNamespace source)
    {
        var isCollated = source.Options.TryGetValue("collation", out var collation) && !IsSimple(collation);
        return [.. source.Indexes.Where(index => !IsGiven(index)).Select(index => Buildable(index, isCollated))];
    }

    /// <summary>The definition with which a server builds this index again.</summary>
    public static BsonDocument ToBuild(BsonDocument index, BsonDocument collectionOptions) =>
        Buildable(index, collectionOptions.TryGetValue("collation", out var collation) && !IsSimple(collation));

    /// <summary>The definition without what may differ between equal indexes: numbers of one type, fields in one order.</summary>
    public static BsonDocument Comparable(BsonDocument index, bool withExpiry)
    {
        var rest = Without(index);
        if (!withExpiry)
            rest.Remove(DeferredExpiry.Field);
        if (rest.TryGetValue("collation", out var collation) && IsSimple(collation))
            rest.Remove("collation");
        return new BsonDocument(rest.OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => new BsonElement(field.Name, Comparable(field.Value))));
    }

    /// <summary>Servers differ in the type that they give a number back in.</summary>
    public static BsonValue Comparable(BsonValue value) => value switch
    {
        BsonDocument document => new BsonDocument(document.Select(field => new BsonElement(field.Name, Comparable(field.Value)))),
        BsonArray array => new BsonArray(array.Select(Comparable)),
        BsonInt32 or BsonInt64 or BsonDouble => value.ToDouble(),
        _ => value,
    };

    /// <summary>Every collection has it, or it is the collection.</summary>
    public static bool IsGiven(BsonDocument index) =>
        index.GetValue("clustered", false).ToBoolean()
        || (index.GetValue("key", new BsonDocument()) is BsonDocument { ElementCount: 1 } key && key.GetElement(0) is { Name: "_id", Value.IsNumeric: true } && !index.Contains("partialFilterExpression"));

    private static BsonDocument Buildable(BsonDocument index, bool isCollated)
    {
        var definition = Without(index);
        // Without it the index would take the collection's.
        if (isCollated && !definition.Contains("collation"))
            definition.Add("collation", new BsonDocument("locale", "simple"));
        return definition;
    }

    private static BsonDocument Without(BsonDocument index) => new(index.Where(field => !Dropped.Contains(field.Name, StringComparer.Ordinal)));

    private static bool IsSimple(BsonValue collation) => collation is BsonDocument document && document.GetValue("locale", "") == "simple";
}
