using System.Diagnostics;
using System.Globalization;
using Dashboard.LocalMongo;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Benchmarks;

/// <summary>What figures and the CSV cost over 1,000,000 events, beside the same over 1,000 and beside a bare cursor; both sets are spread over the same 80 days.</summary>
internal static class MetricRates
{
    private const int Few = 1_000;
    private const int PhasesOfEach = 10;
    private const int Asked = 200;
    private static readonly TimeSpan Spread = TimeSpan.FromDays(80);

    public static async Task RunAsync(int many, CancellationToken cancellationToken = default)
    {
        var directory = Directory.CreateTempSubdirectory("metrics-bench");
        try
        {
            await using var server = await LocalMongoServer.StartAsync(new LocalMongoOptions { DataDirectory = directory.FullName }, cancellationToken: cancellationToken);
            using var client = new MongoClient(server.ConnectionString);
            await using var few = await FillAsync(client, "few", Few, cancellationToken);
            await using var all = await FillAsync(client, "many", many, cancellationToken);
            // Right after so many changes the engine steps over what they left in its indexes; its vacuum comes by once a minute.
            await Task.Delay(TimeSpan.FromMinutes(2), cancellationToken);
            await FiguresAsync(few, all, many, cancellationToken);
            await CsvAsync(client.GetDatabase("many"), all, many, cancellationToken);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<ServiceProvider> FillAsync(MongoClient client, string name, int count, CancellationToken cancellationToken)
    {
        var database = new DashboardDatabase(client, name);
        await database.PrepareAsync(cancellationToken);
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton(database).AddSingleton(new MonitoringSettings()).AddAlerts().AddDeploymentMetrics().BuildServiceProvider();
        var events = database.Database.GetCollection<BsonDocument>("deploymentEvents");
        foreach (var batch in Documents(count).Chunk(10_000))
            await events.InsertManyAsync(batch, new InsertManyOptions { IsOrdered = false }, cancellationToken);
        var clock = Stopwatch.StartNew();
        await services.GetRequiredService<MetricFold>().FoldAsync(int.MaxValue, cancellationToken);
        Print($"first count of {count:N0} events into sums", count / clock.Elapsed.TotalSeconds, "events/s");
        return services;
    }

    private static async Task FiguresAsync(ServiceProvider few, ServiceProvider all, int many, CancellationToken cancellationToken)
    {
        // In turn, so that whatever else the machine does hits both alike.
        var (ofFew, ofAll) = (new List<double>(), new List<double>());
        for (var turn = 0; turn < Asked + 20; turn++)
        {
            ofFew.Add(await AskAsync(few, cancellationToken));
            ofAll.Add(await AskAsync(all, cancellationToken));
        }

        var (one, other) = (Median(ofFew), Median(ofAll));
        Print($"stats and figures over {Few:N0} events, median", one, "ms");
        Print($"stats and figures over {many:N0} events, median", other, $"ms, {(other / one).ToString("0.00", CultureInfo.InvariantCulture)} times");
    }

    private static async Task<double> AskAsync(ServiceProvider services, CancellationToken cancellationToken)
    {
        var figures = services.GetRequiredService<DeploymentFigures>();
        var clock = Stopwatch.StartNew();
        await figures.ReadStatsAsync(MetricWindow.Always(environment: null), isAlways: true, cancellationToken);
        await figures.ReadAsync(MetricWindow.Before(environment: null, TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(30)), cancellationToken);
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task CsvAsync(IMongoDatabase database, ServiceProvider services, int many, CancellationToken cancellationToken)
    {
        var csv = services.GetRequiredService<MetricsCsv>();
        var (bare, written, peak) = (new List<double>(), new List<double>(), 0L);
        for (var round = 0; round < 3; round++)
        {
            bare.Add(await BareAsync(database, many, cancellationToken));
            var output = new CountingStream(() => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)));
            var clock = Stopwatch.StartNew();
            await csv.WriteAsync(output, new EventQuery(), cancellationToken);
            written.Add(clock.Elapsed.TotalSeconds);
            if (output.Lines != many)
                throw new InvalidOperationException($"{output.Lines} lines of {many} were written.");
        }

        Print($"bare cursor over {many:N0} events, best of 3", bare.Min(), "s");
        Print($"CSV of {many:N0} events, best of 3", written.Min(), $"s, {(written.Min() / bare.Min()).ToString("0.00", CultureInfo.InvariantCulture)} times; heap at most {peak >> 20} MB");
    }

    private static async Task<double> BareAsync(IMongoDatabase database, int many, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var count = 0;
        using var cursor = await database.GetCollection<RawBsonDocument>("deploymentEvents").FindAsync(FilterDefinition<RawBsonDocument>.Empty, cancellationToken: cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
            count += cursor.Current.Count();
        return count == many ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"Read {count} documents of {many}.");
    }

    /// <summary>As the dashboard stores them; every tenth deployment fails.</summary>
    private static IEnumerable<BsonDocument> Documents(int count)
    {
        var from = TimeProvider.System.GetUtcNow() - Spread;
        var deployments = count / PhasesOfEach;
        for (var number = 0; number < count; number++)
        {
            var (deployment, part) = (number / PhasesOfEach, number % PhasesOfEach);
            var begins = part % 2 == 0;
            yield return new BsonDocument
            {
                ["_id"] = ObjectId.GenerateNewId().ToString(),
                ["at"] = (from + (Spread * ((double)deployment / deployments)) + TimeSpan.FromSeconds(part * (5 + (deployment % 37)))).UtcDateTime,
                ["environment"] = deployment % 3 == 0 ? "production" : "staging",
                ["deploymentId"] = $"deployment-{deployment:0000000}",
                ["phase"] = ((EventPhase)(part / 2)).ToString(),
                ["status"] = begins ? nameof(EventStatus.Started) : deployment % 10 == 0 && part == 9 ? nameof(EventStatus.Failed) : nameof(EventStatus.Success),
                ["milliseconds"] = begins ? BsonNull.Value : 1_000.0 * (5 + (deployment % 37)),
                ["error"] = deployment % 10 == 0 && part == 9 ? "It did not answer, \"really\"." : BsonNull.Value,
                ["counts"] = true,
                ["goesBackFrom"] = BsonNull.Value,
                ["schemaVersion"] = 1,
                ["isUnsummed"] = true,
            };
        }
    }

    private static double Median(List<double> times) => times.Skip(20).Order().ElementAt(Asked / 2);

    private static void Print(string what, double figure, string unit) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Metrics: {what}: {figure:N1} {unit}"));

    /// <summary>Swallows what is written, counts its lines, and lets somebody look at the memory at each write.</summary>
    private sealed class CountingStream(Action look) : Stream
    {
        public long Lines { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Count(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count(buffer.Span);
            return ValueTask.CompletedTask;
        }

        private void Count(ReadOnlySpan<byte> written)
        {
            Lines += written.Count((byte)'\n');
            look();
        }
    }
}
