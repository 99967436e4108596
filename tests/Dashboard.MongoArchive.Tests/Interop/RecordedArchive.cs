using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Dashboard.MongoArchive.Tests.Interop;

/// <summary>An archive as mongodump 100.7.0 made it on MongoDB 7.0, put together again from its recorded metadata.</summary>
internal static class RecordedArchive
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>It is read, and what was read is written again: equal metadata and equal documents, byte for byte.</summary>
    public static async Task GoesRoundAsync(InteropCase one)
    {
        var theirs = Create(one);
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(theirs), leaveOpen: false, CancellationToken);
        var contents = await Sample.ReadAsync(new MemoryStream(theirs));
        using var ours = new MemoryStream();
        await using (var archive = await ArchiveWriter.CreateAsync(ours, reader.Header, reader.Namespaces, leaveOpen: true, CancellationToken))
        {
            foreach (var announced in reader.Namespaces.Where(announced => !announced.IsView))
            {
                var collection = archive.BeginNamespace(announced.Database, announced.Collection);
                await collection.WriteAsync(contents[announced.FullName], CancellationToken);
                await collection.CompleteAsync(CancellationToken);
            }
            await archive.CompleteAsync(CancellationToken);
        }

        StrictArchive.Check(ours.ToArray());
        Assert.Equal(Entries(theirs), Entries(ours.ToArray()));
        Assert.Equal(one.Recorded.Select(recorded => recorded.Metadata).Order(StringComparer.Ordinal), Entries(ours.ToArray()).Select(entry => entry.Metadata).Order(StringComparer.Ordinal));
        Assert.Equal((await Sample.VerifyAsync(theirs)).Totals, (await Sample.VerifyAsync(ours.ToArray())).Totals);
        Assert.Equal(one.Documents.Sum(documents => documents.Documents.Count()), (await Sample.VerifyAsync(ours.ToArray())).Totals.Sum(total => total.Documents));
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
