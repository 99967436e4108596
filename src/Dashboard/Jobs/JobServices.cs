using Dashboard.Operations.Configuration;
using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Mongo;
using Hangfire.Mongo.Migration.Strategies;
using Hangfire.Mongo.Migration.Strategies.Backup;
using MongoDB.Driver;

namespace Dashboard.Jobs;

/// <summary>Hangfire on the dashboard's database: it carries run ids and nothing else.</summary>
public static class JobServices
{
    /// <summary>
    /// Workers wait on a tailable cursor, so a job begins some 50 ms after it was queued; the poll is the net below it.
    /// A change stream would need a replica set, which a local MongoDB need not be.
    /// </summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    public static IServiceCollection AddJobQueue(this IServiceCollection services, IMongoClient client, Settings settings)
    {
        services.AddSingleton<JobStorage>(_ => new MongoStorage(client, settings.Database, StorageOptions));
        services.AddHangfire((provider, hangfire) => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UseStorage(provider.GetRequiredService<JobStorage>()));
        return services.AddSingleton<OperationQueue>().AddTransient<OperationJob>().AddTransient<ScheduledCall>();
    }

    public static IServiceCollection AddJobWorkers(this IServiceCollection services) => services
        .AddHostedService<ScheduleRegistration>()
        .AddHostedService<RunSweep>()
        .AddHostedService<HealthPoll>()
        .AddHostedService<CopyPoll>()
        .AddHostedService<MaintenancePoll>()
        .AddHostedService<LogPoll>()
        .AddHostedService<MetricPoll>()
        .AddHostedService<AlertPoll>()
        .AddHostedService<AuditPoll>()
        .AddHostedService<AuditNotePoll>()
        .AddHostedService<StatusMailPoll>()
        .AddHostedService<StatusExportPoll>()
        .AddHangfireServer((provider, server) =>
        {
            // Hangfire's own default is static, so with two hosts in one process a job would meet the other one's services.
            server.Activator = new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>());
            server.WorkerCount = 8;
            server.Queues = OperationQueue.QueuesOfThisMachine;
            server.SchedulePollingInterval = Poll;
            server.ShutdownTimeout = TimeSpan.FromSeconds(20);
            server.StopTimeout = TimeSpan.FromSeconds(1);
        });

    internal static MongoStorageOptions StorageOptions => new()
    {
        Prefix = "hangfire",
        CheckConnection = false,
        CheckQueuedJobsStrategy = CheckQueuedJobsStrategy.TailNotificationsCollection,
        QueuePollInterval = Poll,
        MigrationOptions = new MongoMigrationOptions
        {
            MigrationStrategy = new MigrateMongoMigrationStrategy(),
            BackupStrategy = new NoneMongoBackupStrategy(),
        },
    };
}
