using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Running;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Compares what was loaded with what the archive held while it was read, and that with what its manifest says.</summary>
internal static class RestoreComparison
{
    /// <param name="readsBack">False: documents are counted by the server and not read back.</param>
    /// <returns>What is not as it should be, as sentences.</returns>
    public static async Task<IReadOnlyList<string>> CompareAsync(
        RestoreScope scope, LoadResult loaded, bool readsBack, OperationSteps steps, CancellationToken cancellationToken)
    {
        var differences = WithManifest(scope, loaded).ToList();
        var expected = loaded.Collections.Select(one => ExpectedCollection.Of(one)).ToList();
        if (!readsBack)
        {
            expected = [.. expected.Select(one => one with { Digest = null, Documents = null })];
            differences.AddRange(await CountAsync(scope, loaded, cancellationToken));
        }

        var compared = await CollectionComparison.CompareAsync(scope.Database, expected, CopyReports.To(steps), cancellationToken);
        differences.AddRange(compared.SelectMany(one => one.Differences));
        steps.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{loaded.Collections.Count} collections, {loaded.Collections.Sum(one => one.Totals.Documents):N0} documents {(readsBack ? "read back" : "counted")}, {differences.Count} differences"));
        return differences;
    }

    private static IEnumerable<string> WithManifest(RestoreScope scope, LoadResult loaded)
    {
        if (scope.Manifest is not { } manifest || manifest.Database != scope.Source)
            yield break;
        var found = loaded.Collections.ToDictionary(one => one.Source.Collection, StringComparer.Ordinal);
        foreach (var said in manifest.Collections.Where(said => said.Type != "view" && !WorkingNames.IsWorking(said.Name)))
        {
            if (!found.TryGetValue(said.Name, out var one))
                yield return $"{said.Name} is in the manifest and not in the archive.";
            else if (one.Totals.Documents != said.Documents)
                yield return string.Create(CultureInfo.InvariantCulture, $"{said.Name} has {one.Totals.Documents:N0} documents in the archive and {said.Documents:N0} in the manifest.");
            else if (said.Digest is { } digest && one.Digest != ContentDigest.Parse(digest))
                yield return $"{said.Name} has other content in the archive than in the manifest.";
        }

        foreach (var more in found.Keys.Except(manifest.Collections.Select(said => said.Name), StringComparer.Ordinal))
            yield return $"{more} is in the archive and not in the manifest.";
    }

    private static async Task<IReadOnlyList<string>> CountAsync(RestoreScope scope, LoadResult loaded, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        foreach (var one in loaded.Collections.Where(one => one.Source.Type == "collection"))
        {
            var count = await scope.Database.GetCollection<BsonDocument>(one.Name).CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: cancellationToken);
            if (count != one.Totals.Documents)
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{one.Source.Collection} has {count:N0} documents instead of {one.Totals.Documents:N0}."));
        }

        return differences;
    }
}
