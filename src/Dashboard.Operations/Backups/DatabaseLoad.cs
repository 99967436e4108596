using Dashboard.MongoArchive;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// Puts an archive's collections into a database, under names of their own, with their options, documents and indexes. Several inserts
/// are on their way at once, and a collection's indexes are built as soon as its end has been read and its checksum is right.
/// What was loaded stays when a load fails: its names are the caller's to clear away.
/// </summary>
public static class DatabaseLoad
{
    /// <summary>Reads the archive to its end; done only when this returns.</summary>
    /// <param name="archive">Opened and not read yet; stays open.</param>
    /// <param name="target">No collection in it may have one of the new names.</param>
    /// <param name="options">What goes where.</param>
    /// <param name="reports">Progress counts the bytes that the server has taken.</param>
    /// <param name="cancellationToken">Ends the load half-way.</param>
    /// <exception cref="ArchiveException">The archive is damaged; it names the namespace.</exception>
    /// <exception cref="CopyException">The server refused an option, an index or a document; it names the namespace.</exception>
    /// <exception cref="MongoException">The server stopped answering.</exception>
    public static async Task<LoadResult> RunAsync(
        ArchiveReader archive, IMongoDatabase target, LoadOptions options, CopyReports reports, CancellationToken cancellationToken)
    {
        var server = await ServerKind.AskAsync(target, cancellationToken);
        var chosen = Choose(archive, target, options);
        await ThrowIfTakenAsync(target, chosen, cancellationToken);
        var loads = chosen.Where(one => !one.Source.IsView).Select(one => new CollectionLoad(one.Source, one.Name, server)).ToList();
        // All of them before the first document, so that an option which the server refuses is found at once.
        foreach (var load in loads)
            await load.CreateAsync(target, cancellationToken);

        await using (var run = await LoadRun.StartAsync(target, server, loads, options, reports, cancellationToken))
            await run.FillAsync(archive);

        var names = chosen.ToDictionary(one => one.Source.Collection, one => one.Name, StringComparer.Ordinal);
        Func<string, string> map = options.MapViews ? name => names.GetValueOrDefault(name, name) : name => name;
        await ViewDefinition.CreateAsync(target, chosen.Where(one => one.Source.IsView), map, cancellationToken);
        return Result(archive, target, options, chosen, loads);
    }

    private static LoadResult Result(
        ArchiveReader archive, IMongoDatabase target, LoadOptions options, List<(ArchiveNamespace Source, string Name)> chosen, List<CollectionLoad> loads)
    {
        var byName = loads.ToDictionary(load => load.Source.FullName, StringComparer.Ordinal);
        var totals = archive.Totals.ToDictionary(one => one.FullName, StringComparer.Ordinal);
        return new LoadResult(
            target,
            [.. chosen.Select(one => new LoadedCollection(
                one.Source, one.Name, totals[one.Source.FullName], byName.TryGetValue(one.Source.FullName, out var load) ? load.Digest : ContentDigest.Empty))],
            options.BuildsIndexes ? [.. loads.SelectMany(load => DeferredExpiry.Of(load.Name, load.Source))] : []);
    }

    /// <summary>Asked, because a server from 7.0 on takes a second creation with equal options for done.</summary>
    private static async Task ThrowIfTakenAsync(
        IMongoDatabase target, List<(ArchiveNamespace Source, string Name)> chosen, CancellationToken cancellationToken)
    {
        using var cursor = await target.ListCollectionNamesAsync(cancellationToken: cancellationToken);
        var taken = (await cursor.ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        foreach (var (source, name) in chosen.Where(one => taken.Contains(one.Name)))
            throw new CopyException(
                $"{source.FullName}: {target.DatabaseNamespace.DatabaseName}.{name} exists already, and a load never adds to what is there. Choose another name, or drop it first.",
                source.FullName);
    }

    private static List<(ArchiveNamespace Source, string Name)> Choose(ArchiveReader archive, IMongoDatabase target, LoadOptions options)
    {
        var chosen = new List<(ArchiveNamespace Source, string Name)>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in archive.Namespaces.Where(one => !one.IsOplog && !one.Collection.StartsWith("$admin.", StringComparison.Ordinal)))
        {
            if (options.NameOf(source) is not { } name)
                continue;
            if (!taken.Add(name))
                throw new CopyException($"{source.FullName}: another collection of the archive goes to {target.DatabaseNamespace.DatabaseName}.{name} as well.", source.FullName) { IsArchiveAtFault = true };
            chosen.Add((source, name));
        }

        return chosen;
    }
}
