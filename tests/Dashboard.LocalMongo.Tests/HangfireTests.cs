using System.Collections.Concurrent;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Hangfire;
using Hangfire.Mongo;
using Hangfire.Mongo.Migration.Strategies;
using Hangfire.Mongo.Migration.Strategies.Backup;
using Hangfire.States;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests;

public sealed class HangfireTests(MongoFixture mongo)
{
    [Theory]
    [InlineData(CheckQueuedJobsStrategy.Poll)]
    [InlineData(CheckQueuedJobsStrategy.TailNotificationsCollection)]
    public async Task Runs_queued_scheduled_continued_recurring_and_retried_jobs(CheckQueuedJobsStrategy strategy)
    {
        await using var database = mongo.NewDatabase("hangfire");
        var token = TestContext.Current.CancellationToken;
        using var mongoClient = new MongoClient(mongo.ConnectionString);
        var storage = new MongoStorage(mongoClient, database.Name, new MongoStorageOptions
        {
            MigrationOptions = new MongoMigrationOptions { MigrationStrategy = new DropMongoMigrationStrategy(), BackupStrategy = new NoneMongoBackupStrategy() },
            CheckQueuedJobsStrategy = strategy,
            QueuePollInterval = TimeSpan.FromMilliseconds(100),
            CheckConnection = false,
        });
        var log = database.Name;
        var client = new BackgroundJobClient(storage);
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions { WorkerCount = 4, SchedulePollingInterval = TimeSpan.FromMilliseconds(200), StopTimeout = TimeSpan.FromSeconds(5) }, storage);

        var many = Enumerable.Range(0, 50).Select(i => $"queued {i}").ToArray();
        foreach (var name in many) client.Enqueue(() => Journal.Write(log, name));
        client.Schedule(() => Journal.Write(log, "scheduled"), TimeSpan.FromMilliseconds(300));
        var first = client.Enqueue(() => Journal.Write(log, "first"));
        client.ContinueJobWith(first, () => Journal.Write(log, "continued"));
        var failing = client.Enqueue(() => Journal.FailOnce(log, "retried"));
        var recurring = new RecurringJobManager(storage);
        recurring.AddOrUpdate("weekly", () => Journal.Write(log, "recurring"), Cron.Weekly());
        recurring.TriggerJob("weekly");

        string[] expected = [.. many, "scheduled", "first", "continued", "retried", "recurring"];
        await Eventually.TrueAsync(() => expected.All(Journal.Of(log).Contains), "every job", TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(() => storage.GetMonitoringApi().SucceededListCount() == expected.Length, "every success");

        Assert.Equal(expected.Order(StringComparer.Ordinal), Journal.Of(log).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(SucceededState.StateName, storage.GetMonitoringApi().JobDetails(failing).History[0].StateName);
        Assert.Equal(0, storage.GetMonitoringApi().GetStatistics().Failed);
    }

    /// <summary>What the jobs did, by database name: jobs are static calls here.</summary>
    public static class Journal
    {
        private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Entries = new(StringComparer.Ordinal);
        private static readonly ConcurrentDictionary<string, bool> Failed = new(StringComparer.Ordinal);

        internal static IReadOnlyCollection<string> Of(string log) => Entries.GetOrAdd(log, _ => new());

        public static void Write(string log, string entry) => Entries.GetOrAdd(log, _ => new()).Enqueue(entry);

        [AutomaticRetry(Attempts = 2, DelaysInSeconds = [0])]
        public static void FailOnce(string log, string entry)
        {
            if (Failed.TryAdd(log, true)) throw new InvalidOperationException("The first attempt fails.");
            Write(log, entry);
        }
    }
}
