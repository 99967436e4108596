using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Benchmarks.Backups;
using Dashboard.LocalMongo;
using Dashboard.Operations;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Benchmarks;

/// <summary>
/// What it takes of one core to watch a hundred environments at the intervals that config/monitoring.json comes with. The watch is a process of
/// its own; the applications and the database are in another.
/// </summary>
internal static class HealthWatching
{
    private const int Environments = 100;
    private const string Verb = "health-watch";
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(130);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(60);

    /// <summary>Both processes are this program.</summary>
    public static async Task<bool> TryWatchAsync(string[] arguments)
    {
        if (arguments is not [Verb, var uri, var address])
            return false;
        await WatchAsync(uri, new Uri(address));
        return true;
    }

    public static async Task RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("health-bench");
        try
        {
            await using var server = await LocalMongoServer.StartAsync(new LocalMongoOptions { DataDirectory = directory.FullName });
            var asked = 0;
            await using var application = await StartApplicationAsync(() => Interlocked.Increment(ref asked));
            var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet", [Verb, server.ConnectionString, application.Urls.First()]) { RedirectStandardOutput = true, UseShellExecute = false };
            using var process = Process.Start(start) ?? throw new InvalidOperationException("The watch did not start.");

            await Task.Delay(Warming);
            var (processor, before, began) = (ProcessTimes.Of(process.Id), asked, Stopwatch.GetTimestamp());
            await Task.Delay(Measured);
            var (used, wall, requests) = (ProcessTimes.Of(process.Id) - processor, Stopwatch.GetElapsedTime(began), asked - before);
            process.Kill();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"health watch         {Environments} environments × 3 endpoints, {requests} answers in {wall.TotalSeconds:0} s: {used.TotalSeconds:0.00} s of processor = {used / wall:0.0 %} of one core"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<WebApplication> StartApplicationAsync(Action asked)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(context =>
        {
            asked();
            return context.Response.WriteAsJsonAsync(new JsonObject { ["status"] = "ok", ["timestamp"] = "2026-11-27T12:00:00.000Z", ["environment"] = "bench", ["version"] = "1.4.2", ["database"] = "connected" });
        });
        await application.StartAsync();
        return application;
    }

    private static async Task WatchAsync(string uri, Uri address)
    {
        if (OperatingSystem.IsLinux())
            Process.GetCurrentProcess().ProcessorAffinity = 1;
        using var client = new MongoClient(uri);
        var database = new DashboardDatabase(client, "bench");
        await database.PrepareAsync(CancellationToken.None);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IMongoClient>(client)
            .AddSingleton(database)
            .AddSingleton(new EnvironmentRegistry([.. Enumerable.Range(0, Environments).Select(number => new TargetEnvironment($"e{number:00}", "Bench", address, client.GetDatabase("application"), new MigrationSettings()))]))
            .AddEngine(new Settings { Mode = DashboardMode.Fly, Database = "bench", BackupDirectory = Path.GetTempPath(), BackupKeys = BackupKeys.None, Environments = [], Schedule = [], HealthChecks = AsDelivered })
            .BuildServiceProvider();
        var (watch, journal) = (services.GetRequiredService<HealthWatch>(), services.GetRequiredService<HealthJournal>());
        _ = Task.WhenAll(services.GetRequiredService<EnvironmentRegistry>().All.Select(environment => watch.WatchAsync(environment, CancellationToken.None)));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync())
            await journal.WriteAsync(CancellationToken.None);
    }

    private static HealthCheckSettings AsDelivered => new(
        Enabled: true,
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(15),
        Retries: 3,
        ["/api/health", "/api/health/database", "/api/health/migrations"])
    {
        MigrationInterval = TimeSpan.FromSeconds(60),
        DatabaseInterval = TimeSpan.FromSeconds(120),
    };
}
