using Dashboard.MongoArchive;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>A collection while it is being loaded.</summary>
internal sealed class CollectionLoad(ArchiveNamespace source, string name, ServerKind server)
{
    /// <summary>Options that a server lists and none takes, or that belong to one copy of a collection alone.</summary>
    public static readonly string[] Dropped = ["autoIndexId", "recordIdsReplicated", "uuid", "temp", "flags"];

    public ArchiveNamespace Source { get; } = source;

    public string Name { get; } = name;

    /// <summary>Documents must go in one after the other, since the collection keeps their order.</summary>
    public bool IsOrdered { get; } = source.Options.GetValue("capped", false).ToBoolean();

    public ContentDigest Digest { get; set; }

    /// <summary>How far it is; with what is expected of it once that is known.</summary>
    public CopyPart Part { get; set; } = new(source.Collection, CollectionSize.Unknown);

    /// <summary>What is being gathered for the next insert.</summary>
    public InsertBatch? Batch { get; set; }

    /// <summary>Inserts that are on their way.</summary>
    public List<Task> Inserting { get; } = [];

    public NamespaceTotals? Totals { get; set; }

    /// <summary>The insert command up to its documents.</summary>
    public byte[] InsertCommand(bool canRepeat)
    {
        var command = new BsonDocument
        {
            { "insert", server.PhysicalName(Name, Source.IsTimeSeries) },
            { "ordered", IsOrdered },
            { "writeConcern", new BsonDocument("w", "majority") },
        };
        // Documents from before a validator get in as they got in then; buckets must not be bypassed.
        if (!Source.IsTimeSeries)
            command.Add("bypassDocumentValidation", true);
        else if (server.HasViewlessTimeSeries)
            command.Add("rawData", true);
        if (server.KeepsEmptyTimestamps)
            command.Add("bypassEmptyTsReplacement", true);
        if (canRepeat)
            command.Add("txnNumber", 0L);
        return command.ToBson();
    }

    public async Task CreateAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var options = new BsonDocument(DeferredExpiry.Without(Source.Options).Where(one => !Dropped.Contains(one.Name, StringComparer.Ordinal)));
        try
        {
            await database.RunCommandAsync<BsonDocument>(new BsonDocument("create", Name).AddRange(options), cancellationToken: cancellationToken);
        }
        catch (MongoCommandException refused)
        {
            throw Failed($"the server cannot make the collection with its options ({string.Join(", ", options.Names)}): {refused.Message}", refused);
        }
    }

    /// <summary>All of them in one command: a server then reads the collection once.</summary>
    public async Task BuildIndexesAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var indexes = IndexDefinition.ToBuild(Source);
        if (indexes.Count == 0)
            return;
        var command = new BsonDocument { { "createIndexes", Name }, { "indexes", new BsonArray(indexes.Select(DeferredExpiry.Without)) } };
        try
        {
            await database.RunCommandAsync<BsonDocument>(command, cancellationToken: cancellationToken);
        }
        catch (MongoCommandException refused)
        {
            throw Failed($"the server cannot build the indexes ({string.Join(", ", indexes.Select(index => index["name"]))}): {refused.Message}", refused);
        }
    }

    private CopyException Failed(string problem, MongoCommandException cause) =>
        new($"{Source.FullName}: {problem.TrimEnd('.')}.", Source.FullName, cause) { IsArchiveAtFault = ServerRefusal.IsAboutContent(cause) };
}
