using System.Globalization;
using Dashboard.Testing.Mongo;

namespace Dashboard.Benchmarks.Backups;

/// <summary>Backup, verification and restore beside the tools that a user would take instead, on the same server and data in one run.</summary>
internal static class BackupBench
{
    private const string Data = "bench";
    private const string Copy = "bench-copy";

    /// <param name="what">Any of <c>backup</c>, <c>verify</c>, <c>restore</c>.</param>
    /// <param name="rounds">Each tool in turn, so many times; the best wall time and its figures count.</param>
    /// <param name="megabytes">Of the four large collections; a fifth of it is in small ones beside.</param>
    public static async Task RunAsync(IReadOnlySet<string> what, int rounds, int megabytes)
    {
        await using var server = await BenchServer.StartAsync();
        await BenchData.SeedAsync(server.Database(Data), megabytes * 1_000_000L, megabytes * 200_000L);
        var (theirs, ours, plain) = (server.PathOf("theirs.gz"), server.PathOf("ours.gz"), server.PathOf("plain"));
        Func<Task<ProcessFigures>> dump = async () => await MeasuredProcess.RunAsync(
            await MongoTools.DumpAsync(default), ["--quiet", "--uri", server.ConnectionString, "--db", Data, "--gzip", $"--archive={theirs}"]);
        Func<Task<ProcessFigures>> copyDump = () => MeasuredProcess.RunSelfAsync("copy-dump", server.ConnectionString, Data, ours, "gzip");
        if (what.Contains("backup"))
        {
            Report.Compare("backup", "mongodump", await Rounds.BestAsync(rounds, dump, copyDump), new FileInfo(theirs).Length, new FileInfo(ours).Length);
            Report.Alone("backup: reading alone, nothing written", await MeasuredProcess.RunSelfAsync("copy-dump", server.ConnectionString, Data, plain, "nothing"));
            Report.Alone("backup: reading and writing, not compressed", await MeasuredProcess.RunSelfAsync("copy-dump", server.ConnectionString, Data, plain, "plain"));
            foreach (var level in (int[])[4, 5, 6])
                await CompressAsync(plain, server.PathOf("again.gz"), level);
        }
        else
        {
            await copyDump();
        }

        if (what.Contains("verify"))
            Report.Compare("verify", "gunzip -t", await Rounds.BestAsync(rounds, () => MeasuredProcess.RunAsync("gunzip", ["-t", ours]), () => MeasuredProcess.RunSelfAsync("copy-verify", ours)));
        if (what.Contains("restore"))
            await RestoreAsync(server, ours, rounds);
    }

    /// <summary>How much of the time is compression, and what another level would give.</summary>
    private static async Task CompressAsync(string plain, string compressed, int level)
    {
        var figures = await MeasuredProcess.RunSelfAsync("copy-gzip", plain, compressed, level.ToString(CultureInfo.InvariantCulture));
        Report.Alone(
            string.Create(CultureInfo.InvariantCulture, $"backup: compressing {new FileInfo(plain).Length / 1e6:0} MB alone at level {level} to {new FileInfo(compressed).Length / 1e6:0.0} MB"), figures);
    }

    private static async Task RestoreAsync(BenchServer server, string archive, int rounds)
    {
        Func<string[], Task<ProcessFigures>> restore = async more =>
        {
            await server.DropAsync(Copy);
            return await MeasuredProcess.RunAsync(
                await MongoTools.RestoreAsync(default),
                ["--quiet", "--uri", server.ConnectionString, "--gzip", $"--archive={archive}", "--nsFrom", $"{Data}.*", "--nsTo", $"{Copy}.*", .. more]);
        };
        Func<string, Task<ProcessFigures>> load = async kind =>
        {
            await server.DropAsync(Copy);
            return await MeasuredProcess.RunSelfAsync("copy-load", server.ConnectionString, Copy, archive, kind);
        };
        Report.Compare("restore", "mongorestore", await Rounds.BestAsync(rounds, () => restore([]), () => load("indexes")));
        Report.Compare("restore without indexes", "mongorestore", await Rounds.BestAsync(rounds, () => restore(["--noIndexRestore"]), () => load("documents")));
        Report.Alone("restore: reading the archive alone, no server", await MeasuredProcess.RunSelfAsync("copy-read", archive));
    }
}
