using System.Text;
using Dashboard.MongoArchive;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>A database that exists only while a backup is restored into it for proof; its name carries the run that may drop it.</summary>
internal sealed class ScratchDatabase(IMongoDatabase live, string runId)
{
    private const string Mark = "__verify_";
    private const int LongestName = 63;
    private const int DropPending = 215;
    private const int DropAttempts = 40;
    private static readonly TimeSpan DropPause = TimeSpan.FromMilliseconds(250);

    public IMongoDatabase Database { get; } = live.Client.GetDatabase(NameOf(live.DatabaseNamespace.DatabaseName, runId));

    public string Name => Database.DatabaseNamespace.DatabaseName;

    public static string NameOf(string database, string runId)
    {
        var ending = Mark + runId;
        var kept = database;
        while (Encoding.UTF8.GetByteCount(kept) > LongestName - ending.Length)
            kept = kept[..^1];
        return kept + ending;
    }

    public async Task<LoadResult> LoadAsync(OpenBackup backup, CopyReports reports, CancellationToken cancellationToken)
    {
        await using var archive = await ArchiveReader.OpenAsync(backup.Archive, leaveOpen: true, cancellationToken);
        var options = new LoadOptions { NameOf = source => source.Collection, Expected = CollectionSize.Of(backup.Manifest) };
        return await DatabaseLoad.RunAsync(archive, Database, options, reports, cancellationToken);
    }

    /// <summary>Every collection as the manifest says it was dumped, or, where an old manifest is silent, as the archive says.</summary>
    public Task<IReadOnlyList<ComparedCollection>> CompareAsync(LoadResult loaded, BackupManifest manifest, CopyReports reports, CancellationToken cancellationToken)
    {
        var said = manifest.Collections.ToDictionary(collection => collection.Name, StringComparer.Ordinal);
        return CollectionComparison.CompareAsync(Database, [.. loaded.Collections.Select(one => Expect(one, said.GetValueOrDefault(one.Source.Collection)))], reports, cancellationToken);
    }

    /// <summary>Waits for a drop that is under way already: whoever asked for it may have been killed, and the server goes on.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Database.Client.DropDatabaseAsync(Name, cancellationToken);
                return;
            }
            catch (MongoCommandException exception) when (exception.Code == DropPending && attempt < DropAttempts)
            {
                await Task.Delay(DropPause, cancellationToken);
            }
        }
    }

    /// <summary>False when there is nothing to drop.</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        using var names = await Database.ListCollectionNamesAsync(cancellationToken: cancellationToken);
        return await names.AnyAsync(cancellationToken);
    }

    private static ExpectedCollection Expect(LoadedCollection loaded, BackupCollection? said)
    {
        var expected = ExpectedCollection.Of(loaded);
        if (said?.Digest is null || said.Options is null || said.IndexDefinitions is null || loaded.Source.IsView)
            return expected;
        return expected with
        {
            Documents = said.Documents,
            Digest = ContentDigest.Parse(said.Digest),
            Options = BsonDocument.Parse(said.Options),
            Indexes = [.. said.IndexDefinitions.Select(index => BsonDocument.Parse(index))],
        };
    }
}
