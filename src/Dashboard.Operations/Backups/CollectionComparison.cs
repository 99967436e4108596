using System.Globalization;
using Dashboard.MongoArchive;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// Compares collections with what they should be: number and digest of the documents, read back from the server byte by byte; indexes by
/// name and definition; options. Reads as a dump does, several collections at once.
/// </summary>
public static class CollectionComparison
{
    /// <summary>One result for each expectation, in its order.</summary>
    /// <param name="database">Where the collections are.</param>
    /// <param name="expected">Each name once.</param>
    /// <param name="reports">Progress counts the bytes read; the total is known only by the server's own figures.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <param name="concurrency">Collections read at once.</param>
    /// <exception cref="MongoException">The server stopped answering.</exception>
    public static async Task<IReadOnlyList<ComparedCollection>> CompareAsync(
        IMongoDatabase database,
        IReadOnlyList<ExpectedCollection> expected,
        CopyReports reports,
        CancellationToken cancellationToken,
        int concurrency = DumpOptions.DefaultConcurrency)
    {
        var server = await ServerKind.AskAsync(database, cancellationToken);
        using var cursor = await database.ListCollectionsAsync(cancellationToken: cancellationToken);
        var listed = (await cursor.ToListAsync(cancellationToken))
            .Select(one => DatabaseListing.Announce(database, one))
            .ToDictionary(one => one.Collection, StringComparer.Ordinal);
        var parts = new Dictionary<string, CopyPart>(StringComparer.Ordinal);
        foreach (var one in expected.Where(one => IsRead(one) && listed.TryGetValue(one.Name, out var there) && !there.IsView))
            parts[one.Name] = new CopyPart(Shown(one), await CollectionSize.AskAsync(database, server.PhysicalName(one.Name, listed[one.Name].IsTimeSeries), cancellationToken));
        var meter = new CopyMeter(reports, parts.Values);
        var compared = new ComparedCollection[expected.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, expected.Count), parallel, async (i, token) =>
            compared[i] = listed.TryGetValue(expected[i].Name, out var there)
                ? await CompareAsync(database, server, expected[i], there, parts.GetValueOrDefault(there.Collection), meter, token)
                : new ComparedCollection(expected[i].Name, 0, 0, ContentDigest.Empty, [$"{Shown(expected[i])} is missing."]));
        return compared;
    }

    private static async Task<ComparedCollection> CompareAsync(
        IMongoDatabase database, ServerKind server, ExpectedCollection expected, ArchiveNamespace there, CopyPart? part, CopyMeter meter, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        if (expected.Type.Length > 0 && there.Type != expected.Type)
            differences.Add($"{Shown(expected)} is a {there.Type} instead of a {expected.Type}.");
        if (expected.Options is { } options)
            differences.AddRange(CompareOptions(expected, options, there.Options));
        if (there.IsView)
            return new ComparedCollection(expected.Name, 0, 0, ContentDigest.Empty, differences);

        if (expected.Indexes is { } indexes)
            differences.AddRange(CompareIndexes(expected, indexes, await DatabaseListing.IndexesAsync(database, expected.Name, cancellationToken)));
        if (part is null)
            return new ComparedCollection(expected.Name, 0, 0, ContentDigest.Empty, differences);

        var (documents, bytes, digest) = await ReadAsync(database, server, there, part, meter, cancellationToken);
        if (expected.Documents is { } count && count != documents)
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"{Shown(expected)} has {documents:N0} documents instead of {count:N0}."));
        else if (expected.Digest is { } content && content != digest)
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"{Shown(expected)} has {documents:N0} documents as expected, but not the same ones (content {digest} instead of {content})."));
        meter.Done(part, documents, bytes, differences.Count == 0 ? ", as expected" : string.Create(CultureInfo.InvariantCulture, $", {differences.Count} differences"));
        return new ComparedCollection(expected.Name, documents, bytes, digest, differences);
    }

    private static async Task<(long Documents, long Bytes, ContentDigest Digest)> ReadAsync(
        IMongoDatabase database, ServerKind server, ArchiveNamespace there, CopyPart part, CopyMeter meter, CancellationToken cancellationToken)
    {
        var name = server.PhysicalName(there.Collection, there.IsTimeSeries);
        await using var reader = new CollectionReader(database, name, rawData: there.IsTimeSeries && server.HasViewlessTimeSeries);
        var digest = ContentDigest.Empty;
        long documents = 0, bytes = 0;
        await foreach (var run in reader.ReadAsync(cancellationToken))
        {
            digest = digest.Append(run.Span);
            bytes += run.Length;
            meter.Add(part, reader.Documents - documents, run.Length);
            documents = reader.Documents;
        }

        return (documents, bytes, digest);
    }

    private static IEnumerable<string> CompareOptions(ExpectedCollection expected, BsonDocument should, BsonDocument @is)
    {
        var wanted = Options(should, expected);
        var found = Options(@is, expected);
        foreach (var name in wanted.Keys.Union(found.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (want, find) = (wanted.GetValueOrDefault(name), found.GetValueOrDefault(name));
            if (!Equals(want, find))
                yield return $"{Shown(expected)} has the option {name} {Shown(find)} instead of {Shown(want)}.";
        }
    }

    private static Dictionary<string, BsonValue> Options(BsonDocument options, ExpectedCollection expected) => options
        .Where(one => !CollectionLoad.Dropped.Contains(one.Name, StringComparer.Ordinal) && (expected.ComparesExpiry || one.Name != DeferredExpiry.Field))
        .ToDictionary(one => one.Name, one => IndexDefinition.Comparable(one.Value), StringComparer.Ordinal);

    private static IEnumerable<string> CompareIndexes(ExpectedCollection expected, IReadOnlyList<BsonDocument> should, IReadOnlyList<BsonDocument> @is)
    {
        var found = @is.ToDictionary(NameOf, index => IndexDefinition.Comparable(index, expected.ComparesExpiry), StringComparer.Ordinal);
        foreach (var index in should)
        {
            var want = IndexDefinition.Comparable(index, expected.ComparesExpiry);
            if (!found.Remove(NameOf(index), out var find))
                yield return $"{Shown(expected)} lacks the index {NameOf(index)}.";
            else if (!want.Equals(find))
                yield return $"{Shown(expected)} has the index {NameOf(index)} as {Shown(find)} instead of {Shown(want)}.";
        }

        // Archives of old tools do not announce it, and each collection has it.
        foreach (var name in found.Keys.Where(name => name != "_id_"))
            yield return $"{Shown(expected)} has the index {name}, which it should not have.";
    }

    private static string NameOf(BsonDocument index) => index["name"].AsString;

    private static bool IsRead(ExpectedCollection expected) => expected.Digest is not null || expected.Documents is not null;

    private static string Shown(ExpectedCollection expected) => expected.ShownName ?? expected.Name;

    private static string Shown(BsonValue? value) => value is null ? "not set" : value.ToJson();
}
