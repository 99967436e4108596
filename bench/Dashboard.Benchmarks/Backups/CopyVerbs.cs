using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using MongoDB.Driver;

namespace Dashboard.Benchmarks.Backups;

/// <summary>What the benchmarks run as processes of their own.</summary>
internal static class CopyVerbs
{
    public static async Task<bool> TryRunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["copy-dump", var uri, var database, var path, var kind]:
                await DumpAsync(uri, database, path, kind);
                return true;
            case ["copy-load", var uri, var database, var path, var kind]:
                await LoadAsync(uri, database, path, buildsIndexes: kind == "indexes");
                return true;
            case ["copy-seed", var uri, var database, var large, var small]:
                using (var client = new MongoClient(uri))
                    await BenchData.SeedAsync(client.GetDatabase(database), long.Parse(large, CultureInfo.InvariantCulture), long.Parse(small, CultureInfo.InvariantCulture));
                return true;
            case ["copy-read", var path]:
                await ReadAsync(path);
                return true;
            case ["copy-verify", var path]:
                await VerifyAsync(path);
                return true;
            case ["copy-gzip", var from, var to, var level]:
                await GzipAsync(from, to, int.Parse(level, CultureInfo.InvariantCulture));
                return true;
            default:
                return false;
        }
    }

    /// <param name="kind"><c>gzip</c>; <c>plain</c>; or <c>nothing</c>, which reads and throws away.</param>
    private static async Task DumpAsync(string uri, string database, string path, string kind)
    {
        using var client = new MongoClient(uri);
        var dump = await DatabaseDump.PrepareAsync(client.GetDatabase(database), new DumpOptions(), CancellationToken.None);
        await using var file = kind == "nothing" ? Stream.Null : Create(path);
        await using var gzip = kind == "gzip" ? new GzipArchiveStream(file, leaveOpen: true) : null;
        await dump.WriteAsync(gzip ?? file, CopyReports.None, CancellationToken.None);
    }

    private static async Task LoadAsync(string uri, string database, string path, bool buildsIndexes)
    {
        using var client = new MongoClient(uri);
        await using var file = Open(path);
        await using var archive = await ArchiveReader.OpenAsync(file, leaveOpen: true, CancellationToken.None);
        var options = new LoadOptions { NameOf = one => one.Collection, BuildsIndexes = buildsIndexes };
        var loaded = await DatabaseLoad.RunAsync(archive, client.GetDatabase(database), options, CopyReports.None, CancellationToken.None);
        await loaded.FinishAsync(CancellationToken.None);
    }

    private static async Task ReadAsync(string path)
    {
        await using var file = Open(path);
        await using var archive = await ArchiveReader.OpenAsync(file, leaveOpen: true, CancellationToken.None);
        await foreach (var run in archive.ReadRunsAsync(CancellationToken.None))
            _ = ContentDigest.Of(run.Documents.Span);
    }

    private static async Task VerifyAsync(string path)
    {
        await using var file = Open(path);
        await ArchiveVerifier.VerifyAsync(file, CancellationToken.None);
    }

    private static async Task GzipAsync(string from, string to, int level)
    {
        await using var plain = Open(from);
        await using var file = Create(to);
        await using var gzip = new GzipArchiveStream(file, leaveOpen: true, level);
        await plain.CopyToAsync(gzip, 1 << 20);
        await gzip.FlushAsync();
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1, FileOptions.Asynchronous);
}
