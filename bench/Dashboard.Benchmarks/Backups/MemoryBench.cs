using Dashboard.Testing.Mongo;

namespace Dashboard.Benchmarks.Backups;

/// <summary>Peak memory of backup and restore over databases of 200 MB and of 2 GB: it should not grow with the data.</summary>
internal static class MemoryBench
{
    public static async Task RunAsync()
    {
        foreach (var megabytes in (int[])[200, 2000])
        {
            await using var server = await BenchServer.StartAsync();
            await BenchData.SeedAsync(server.Database("bench"), megabytes * 900_000L, megabytes * 100_000L);
            var (theirs, ours) = (server.PathOf("theirs.gz"), server.PathOf("ours.gz"));
            Report.Alone($"{megabytes} MB: mongodump", await MeasuredProcess.RunAsync(
                await MongoTools.DumpAsync(default), ["--quiet", "--uri", server.ConnectionString, "--db", "bench", "--gzip", $"--archive={theirs}"]));
            Report.Alone($"{megabytes} MB: our backup", await MeasuredProcess.RunSelfAsync("copy-dump", server.ConnectionString, "bench", ours, "gzip"));
            Report.Alone($"{megabytes} MB: mongorestore, without indexes", await MeasuredProcess.RunAsync(
                await MongoTools.RestoreAsync(default),
                ["--quiet", "--uri", server.ConnectionString, "--gzip", $"--archive={ours}", "--nsFrom", "bench.*", "--nsTo", "bench-theirs.*", "--noIndexRestore"]));
            await server.DropAsync("bench-theirs");
            Report.Alone($"{megabytes} MB: our restore, without indexes", await MeasuredProcess.RunSelfAsync("copy-load", server.ConnectionString, "bench-ours", ours, "documents"));
        }
    }
}
