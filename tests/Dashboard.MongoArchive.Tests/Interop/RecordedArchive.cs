using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Dashboard.MongoArchive.Tests.Interop;

/// <summary>An archive as mongodump 100.7.0 made it on MongoDB 7.0, put together again from its recorded metadata.</summary>
internal static class RecordedArchive
{
    /// <summary>It is read, and what was read is written again: equal metadata and equal documents, byte for byte.</summary>
    public static async Task GoesRoundAsync(InteropCase one)
    {
        var theirs = Create(one);
        var ours = await Sample.RewriteAsync(theirs);

        StrictArchive.Check(ours);
        Assert.Equal(Entries(theirs), Entries(ours));
        Assert.Equal(one.Recorded.Select(recorded => recorded.Metadata).Order(StringComparer.Ordinal), Entries(ours).Select(entry => entry.Metadata).Order(StringComparer.Ordinal));
        var totals = (await Sample.VerifyAsync(ours)).Totals;
        Assert.Equal((await Sample.VerifyAsync(theirs)).Totals, totals);
        Assert.Equal(one.Documents.Sum(documents => documents.Documents.Count()), totals.Sum(total => total.Documents));
    }

    /// <summary>The prelude's entries by name.</summary>
    public static IReadOnlyList<(string Collection, string Metadata, string Others)> Entries(byte[] archive)
    {
        var entries = new List<(string, string, string)>();
        for (var at = 4 + BitConverter.ToInt32(archive, 4); BitConverter.ToInt32(archive, at) is > 0 and var length; at += length)
        {
            var entry = BsonSerializer.Deserialize<BsonDocument>(archive[at..(at + length)]);
            var (collection, metadata) = (entry["collection"].AsString, entry["metadata"].AsString);
            entry.Remove("metadata");
            entries.Add((collection, metadata, entry.ToJson()));
        }
        return [.. entries.OrderBy(entry => entry.Item1, StringComparer.Ordinal)];
    }

    private static byte[] Create(InteropCase one)
    {
        var archive = new RawArchive().Magic().Header();
        foreach (var (collection, metadata) in one.Recorded)
            archive.Entry(collection, metadata: metadata, type: BsonDocument.Parse(metadata)["type"].AsString);
        archive.End();
        foreach (var (collection, metadata) in one.Recorded)
        {
            var documents = Sample.Join(one.Documents.Where(documents => documents.Collection == collection).SelectMany(documents => documents.Documents).Select(document => document.ToBson()));
            var physical = metadata.Contains("\"type\":\"timeseries\"", StringComparison.Ordinal) ? "system.buckets." + collection : collection;
            archive.Block(physical).Bytes(documents).End().EndBlock(documents, physical).End();
        }
        return archive.ToArray();
    }
}
