using Dashboard.Operations.Configuration;
using Hangfire;
using Hangfire.Storage;

namespace Dashboard.Jobs;

/// <summary>Makes Hangfire's recurring jobs equal to the schedule of <c>config/dashboard.json</c>: adds, changes and removes.</summary>
public sealed class ScheduleRegistration(IRecurringJobManager recurring, JobStorage storage, Settings settings) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        using var connection = storage.GetConnection();
        var wanted = settings.Schedule.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var old in connection.GetRecurringJobs().Where(job => !wanted.Contains(job.Id)))
            recurring.RemoveIfExists(old.Id);
        foreach (var entry in settings.Schedule)
        {
            recurring.AddOrUpdate<ScheduledCall>(
                entry.Name, call => call.StartAsync(entry.Name, CancellationToken.None), entry.Cron, new RecurringJobOptions { TimeZone = entry.TimeZone });
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
