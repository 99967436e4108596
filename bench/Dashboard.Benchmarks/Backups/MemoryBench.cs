using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Mongo;

namespace Dashboard.Benchmarks.Backups;

/// <summary>
/// Peak memory of backup and restore over a database of 200 MB and over ten times as much of the same, under other names: it should not grow
/// with the data. Indexes are left out, since none of the tools sees anything of them.
/// </summary>
internal static class MemoryBench
{
    private const string Data = "bench";
    private const int Times = 10;

    public static async Task RunAsync()
    {
        await using var server = await BenchServer.StartAsync();
        await BenchData.SeedAsync(server.Database(Data), 167_000_000, 33_000_000);
        var ours = await MeasureAsync(server, "200 MB");
        File.Move(ours, server.PathOf("seed.gz"));
        for (var copy = 1; copy < Times; copy++)
            await CopyAsync(server, server.PathOf("seed.gz"), string.Create(CultureInfo.InvariantCulture, $"copy_{copy}_"));
        await MeasureAsync(server, "2 GB");
    }

    private static async Task<string> MeasureAsync(BenchServer server, string size)
    {
        var (theirs, ours) = (server.PathOf("theirs.gz"), server.PathOf("ours.gz"));
        Report.Alone($"{size}: mongodump", await MeasuredProcess.RunAsync(
            await MongoTools.DumpAsync(default), ["--quiet", "--uri", server.ConnectionString, "--db", Data, "--gzip", $"--archive={theirs}"]));
        Report.Alone($"{size}: our backup", await MeasuredProcess.RunSelfAsync("copy-dump", server.ConnectionString, Data, ours, "gzip"));
        Report.Alone($"{size}: mongorestore", await MeasuredProcess.RunAsync(
            await MongoTools.RestoreAsync(default),
            ["--quiet", "--uri", server.ConnectionString, "--gzip", $"--archive={ours}", "--nsFrom", $"{Data}.*", "--nsTo", "bench-theirs.*", "--noIndexRestore"]));
        await server.DropAsync("bench-theirs");
        Report.Alone($"{size}: our restore", await MeasuredProcess.RunSelfAsync("copy-load", server.ConnectionString, "bench-ours", ours, "documents"));
        await server.DropAsync("bench-ours");
        return ours;
    }

    private static async Task CopyAsync(BenchServer server, string archive, string prefix)
    {
        await using var file = File.OpenRead(archive);
        await using var reader = await ArchiveReader.OpenAsync(file, leaveOpen: true, CancellationToken.None);
        var options = new LoadOptions { NameOf = one => prefix + one.Collection, BuildsIndexes = false };
        await DatabaseLoad.RunAsync(reader, server.Database(Data), options, CopyReports.None, CancellationToken.None);
    }
}
