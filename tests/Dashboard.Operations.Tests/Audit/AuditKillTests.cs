using System.Globalization;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Faults;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Audit;

/// <summary>AU6: two processes write at once and are killed in the middle; there is one chain without fork or gap, and nothing that was promised is lost.</summary>
public sealed class AuditKillTests(MongoFixture mongo)
{
    private static readonly int Appends = FaultCounts.Of(quick: 150, full: 10_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Failpoints.AuditWrites)]
    [InlineData(Failpoints.AuditWritten)]
    public async Task Two_processes_with_kills_make_one_chain(string point)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var kills = string.Create(CultureInfo.InvariantCulture, $"{point}=kill@{Appends / 3}");

        var workers = await Task.WhenAll(
            WorkerProcess.StartAsync(ground.Settings, kills, "audit", "killed", $"{Appends}"),
            WorkerProcess.StartAsync(ground.Settings, string.Empty, "audit", "whole", $"{Appends}"));
        var deadline = TimeSpan.FromMinutes(FaultCounts.Of(quick: 2, full: 20));
        var exits = await Task.WhenAll(workers.Select(worker => worker.ExitAsync(deadline)));
        await using var next = await WorkerProcess.StartAsync(ground.Settings, string.Empty, "audit", "next", "5");
        await next.ExitAsync();

        Assert.Equal([137, 0], exits);
        var entries = await ground.Engine.Database.AuditEntries.Find(FilterDefinition<AuditEntry>.Empty).SortBy(entry => entry.Sequence).ToListAsync(Token);
        using var export = new StringReader(string.Join('\n', entries.Select(AuditLine.Write)));
        var verdict = await AuditVerifier.VerifyAsync(export, [], Token);
        Assert.Equal((null, (long)entries.Count), (verdict.Fault, verdict.Entries));
        Assert.Equal(Appends, entries.Count(entry => entry.Fact.Actor == "whole"));
        Assert.Equal(5, entries.Count(entry => entry.Fact.Actor == "next"));
        Assert.Empty(Taken(workers[0]).Except(entries.Where(entry => entry.Fact.Actor == "killed").Select(entry => $"taken {entry.Fact.Target}"), StringComparer.Ordinal));
        foreach (var worker in workers)
            await worker.DisposeAsync();
    }

    private static IEnumerable<string> Taken(WorkerProcess worker) =>
        worker.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()).Where(line => line.StartsWith("taken ", StringComparison.Ordinal));
}
