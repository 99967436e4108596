using Dashboard.Operations.Metrics;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Alerts;

/// <summary>More events than a page within the time that the rules look back.</summary>
public sealed class ManyEventsTests(MongoFixture mongo)
{
    [Fact]
    public async Task What_failed_before_many_other_events_is_told()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.FailAsync("d1");
        await ground.FailAsync("d2");
        await FloodAsync(ground);

        await ground.SweepAsync();

        Assert.Equal(["high-error-rate", "phase-failed", "phase-failed"], (await ground.OpenAsync()).Select(alert => alert.Rule).Order());
    }

    [Fact]
    public async Task A_condition_whose_events_are_behind_many_others_goes_on_until_it_ends()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.EventAsync("d1", EventPhase.Validation, EventStatus.Started);
        await ground.SweepAfterAsync(TimeSpan.FromHours(2));
        Assert.Equal("deployment-timeout", (await ground.OnlyAsync()).Rule);

        await FloodAsync(ground);
        await ground.ReportAsync();
        await ground.SweepAsync();
        Assert.True((await ground.OnlyAsync()).IsOpen);

        await ground.SucceedAsync("d1");
        await ground.SweepAsync();
        Assert.False((await ground.OnlyAsync()).IsOpen);
    }

    [Fact]
    public async Task Failures_in_a_row_do_not_end_when_they_are_too_far_back_to_be_read()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        for (var number = 0; number < 3; number++)
            await ground.FailAsync($"d{number}");
        await ground.SweepAsync();
        Assert.Contains(await ground.OpenAsync(), alert => alert.Rule == "multiple-failures");

        await FloodAsync(ground);
        ground.Time.Advance(TimeSpan.FromDays(3));
        await ground.ReportAsync();
        await ground.SweepAsync();
        Assert.Contains(await ground.OpenAsync(), alert => alert.Rule == "multiple-failures");

        await ground.SucceedAsync("d4");
        await ground.SweepAsync();
        Assert.DoesNotContain(await ground.OpenAsync(), alert => alert.Rule == "multiple-failures");
    }

    private static async Task FloodAsync(AlertGround ground)
    {
        ground.Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(Enumerable.Range(0, 1_100).Select(_ => ground.EventAsync("other", EventPhase.Validation, EventStatus.Success)));
    }
}
