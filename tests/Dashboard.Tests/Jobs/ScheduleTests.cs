using System.Text.Json.Nodes;
using Dashboard.Jobs;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Jobs;

public sealed class ScheduleTests(MongoFixture mongo)
{
    private static JsonArray NightlyBackup => [new JsonObject
    {
        ["name"] = "nightly",
        ["cron"] = "0 3 * * *",
        ["timeZone"] = "Europe/Berlin",
        ["operation"] = "create-backup",
        ["environment"] = "staging",
        ["reason"] = "every night",
    }];

    [Fact]
    public async Task Starts_the_operation_when_hangfire_says_that_the_time_has_come()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo, new() { Schedule = NightlyBackup });
        await dashboard.FillStagingAsync();

        dashboard.Services.GetRequiredService<IRecurringJobManager>().Trigger("nightly");

        var runs = dashboard.Services.GetRequiredService<RunHistory>();
        await Eventually.TrueAsync(
            async () => await runs.LastSuccessAsync("staging", "create-backup", TestContext.Current.CancellationToken) is { Door: Door.Schedule, Actor: "schedule nightly", Reason: "every night" },
            "the scheduled backup succeeds");
    }

    [Fact]
    public async Task Makes_hangfires_recurring_jobs_equal_to_the_configuration()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo, new() { Schedule = NightlyBackup });
        using var connection = dashboard.Services.GetRequiredService<JobStorage>().GetConnection();
        dashboard.Services.GetRequiredService<IRecurringJobManager>().AddOrUpdate<ScheduledCall>("retired", call => call.StartAsync("retired", CancellationToken.None), "0 0 * * *");

        await dashboard.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<ScheduleRegistration>().Single().StartAsync(TestContext.Current.CancellationToken);

        var job = Assert.Single(connection.GetRecurringJobs());
        Assert.Equal(("nightly", "0 3 * * *", "Europe/Berlin"), (job.Id, job.Cron, job.TimeZoneId));
    }

    [Fact]
    public async Task Waits_while_the_environment_is_held_and_starts_when_it_is_free()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo, new() { Schedule = NightlyBackup });
        await dashboard.FillStagingAsync();
        var held = await HoldAsync(dashboard);
        var slot = TimeProvider.System.GetUtcNow();

        var entries = dashboard.Services.GetRequiredService<AuditHistory>();
        var before = (await entries.ListAsync(new AuditQuery(Action: "create-backup"), TestContext.Current.CancellationToken)).Count;

        await Call(dashboard).StartAsync("nightly", slot, TestContext.Current.CancellationToken);

        Assert.Equal(before, (await entries.ListAsync(new AuditQuery(Action: "create-backup"), TestContext.Current.CancellationToken)).Count);
        var (id, waiting) = Assert.Single(dashboard.Services.GetRequiredService<JobStorage>().GetMonitoringApi().ScheduledJobs(0, 10));
        Assert.Equal(["nightly", slot, CancellationToken.None], waiting.Job.Args);
        await dashboard.Services.GetRequiredService<RunStore>().CancelAsync(held, "Ada", TestContext.Current.CancellationToken);
        dashboard.Services.GetRequiredService<IBackgroundJobClient>().Requeue(id);
        var runs = dashboard.Services.GetRequiredService<RunHistory>();
        await Eventually.TrueAsync(
            async () => await runs.LastSuccessAsync("staging", "create-backup", TestContext.Current.CancellationToken) is { Door: Door.Schedule, Actor: "schedule nightly" }, "the backup that waited succeeds");
    }

    [Fact]
    public async Task Says_why_a_slot_was_missed_when_the_next_one_has_come()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo, new() { Schedule = NightlyBackup });
        await HoldAsync(dashboard);

        var missed = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Call(dashboard).StartAsync("nightly", TimeProvider.System.GetUtcNow().AddDays(-1), TestContext.Current.CancellationToken));

        Assert.StartsWith("The schedule 'nightly' could not start create-backup: staging is held by 'Back up' of Ada", missed.Message, StringComparison.Ordinal);
        Assert.Empty(dashboard.Services.GetRequiredService<JobStorage>().GetMonitoringApi().ScheduledJobs(0, 10));
    }

    private static ScheduledCall Call(TestDashboard dashboard) => ActivatorUtilities.CreateInstance<ScheduledCall>(dashboard.Services);

    /// <summary>By a run that nobody begins.</summary>
    private static async Task<string> HoldAsync(TestDashboard dashboard) => Assert.IsType<IntakeResult.Accepted>(await dashboard.Services.GetRequiredService<Intake>().AcceptAsync(
        new OperationCall("create-backup", "staging", string.Empty, [], TestEngine.VisitOf("Ada", Door.CommandLine)), TestContext.Current.CancellationToken)).Run.Id;

    [Fact]
    public async Task Queues_again_what_was_stored_but_never_queued()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo, new() { Runner = new RunnerOptions { QueuePatience = TimeSpan.FromSeconds(1) } });
        await dashboard.FillStagingAsync();
        var call = new OperationCall("create-backup", "staging", "its process died at once", [], TestEngine.VisitOf("Ada", Door.Api));

        var accepted = Assert.IsType<IntakeResult.Accepted>(await dashboard.Services.GetRequiredService<Intake>().AcceptAsync(call, TestContext.Current.CancellationToken));

        Assert.Equal("succeeded", (await dashboard.EndOfAsync(accepted.Run.Id))["state"]!.GetValue<string>());
    }
}
