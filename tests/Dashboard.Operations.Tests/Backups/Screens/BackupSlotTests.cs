using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Tests.Backups.Screens;

public sealed class BackupSlotTests
{
    private static readonly DateTimeOffset Now = new(2026, 10, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Lists_what_has_to_do_with_backups_the_next_one_first()
    {
        var slots = BackupSlot.Of([Entry("weekly", "0 4 * * 1"), Entry("nightly", "0 3 * * *", operation: "verify-backup"), Entry("health", "* * * * *", operation: "check-health")], Now, times: 2);

        Assert.Equal(["nightly", "weekly"], slots.Select(slot => slot.Name));
        Assert.Equal([At(25, 3), At(26, 3)], slots[0].Next);
        Assert.Equal([At(26, 4), new DateTimeOffset(2026, 11, 2, 4, 0, 0, TimeSpan.Zero)], slots[1].Next);
    }

    [Fact]
    public void Reckons_in_the_time_zone_of_the_entry_also_when_the_clocks_change()
    {
        // Berlin leaves summer time on 25 October at 03:00.
        var slot = Assert.Single(BackupSlot.Of([Entry("nightly", "0 4 * * *", "Europe/Berlin")], new DateTimeOffset(2026, 10, 23, 12, 0, 0, TimeSpan.Zero), times: 2));

        Assert.Equal(("Europe/Berlin", "0 4 * * *"), (slot.TimeZone, slot.Cron));
        Assert.Equal([At(24, 2), At(25, 3)], slot.Next.Select(at => at.ToUniversalTime()));
    }

    [Fact]
    public void A_line_that_never_comes_true_again_has_no_time_and_is_the_last()
    {
        var slots = BackupSlot.Of([Entry("never", "0 0 30 2 *"), Entry("weekly", "0 4 * * 1")], Now, times: 2);

        Assert.Equal(["weekly", "never"], slots.Select(slot => slot.Name));
        Assert.Empty(slots[1].Next);
    }

    private static DateTimeOffset At(int day, int hour) => new(2026, 10, day, hour, 0, 0, TimeSpan.Zero);

    private static ScheduleSettings Entry(string name, string cron, string timeZone = "UTC", string operation = "create-backup") =>
        new(name, cron, TimeZoneInfo.FindSystemTimeZoneById(timeZone), operation, "staging", "A reason", "{}");
}
