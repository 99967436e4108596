using Dashboard.Jobs;
using Dashboard.Operations.Configuration;
using Hangfire;
using Hangfire.Mongo;
using Hangfire.Mongo.Database;
using Hangfire.Mongo.DistributedLock;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;

namespace Dashboard.Tests.Jobs;

/// <summary>Gives Hangfire's storage locks that hold nothing and are everybody's at once.</summary>
internal sealed class NoLocks : MongoFactory
{
    private int _given;

    /// <summary>How many locks were asked for, each of them in vain.</summary>
    public int Given => Volatile.Read(ref _given);

    /// <summary>In the place of the product's storage, with its options.</summary>
    public void Replace(IServiceCollection services) => services.AddSingleton<JobStorage>(provider =>
    {
        var options = JobServices.StorageOptions;
        options.Factory = this;
        return new MongoStorage(provider.GetRequiredService<IMongoClient>(), provider.GetRequiredService<Settings>().Database, options);
    });

    public override MongoDistributedLock CreateMongoDistributedLock(string resource, TimeSpan timeout, HangfireDbContext dbContext, MongoStorageOptions storageOptions)
    {
        Interlocked.Increment(ref _given);
        return new NoLock(resource, timeout, dbContext, storageOptions);
    }

    private sealed class NoLock(string resource, TimeSpan timeout, HangfireDbContext database, MongoStorageOptions options) : MongoDistributedLock(resource, timeout, database, options)
    {
        protected override void Acquire(TimeSpan timeout)
        {
        }

        protected override void Release()
        {
        }

        protected override void Cleanup()
        {
        }

        protected override void StartHeartBeat()
        {
        }
    }
}
