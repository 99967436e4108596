using System.Globalization;

namespace Dashboard.Operations.Health;

/// <summary>One day of an environment, in UTC.</summary>
/// <param name="To">Its end, or now.</param>
public sealed record HealthBar(DateTimeOffset Day, DateTimeOffset To, HealthSums Sums)
{
    /// <summary>Shorter troubles leave a day degraded at most.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromMinutes(5);

    public TimeSpan Unknown => Uptime.UnknownOf(Sums, Day, To);

    /// <summary>
    /// Down after five minutes down in all; degraded after any time down, or five minutes degraded; unknown when nothing is known, or less than
    /// half of what was to be known.
    /// </summary>
    public HealthState State
    {
        get
        {
            var well = Sums.Healthy.Time + Sums.Degraded.Time;
            if (Sums.Down.Time >= Noticed)
                return HealthState.Down;
            if (Sums.Down.Count > 0 || Sums.Degraded.Time >= Noticed)
                return HealthState.Degraded;
            return well == TimeSpan.Zero || Unknown > well ? HealthState.Unknown : HealthState.Healthy;
        }
    }

    /// <summary>Nothing but maintenance is known of it.</summary>
    public bool IsMaintenance => Sums.Maintenance.Count > 0 && Sums.Maintenance.Count == Sums.Samples;

    /// <summary>Minutes and checks, for who hovers or listens.</summary>
    public string Told => string.Create(
        CultureInfo.InvariantCulture,
        $"{Day.UtcDateTime:yyyy-MM-dd} (UTC): healthy {Of(Sums.Healthy)}, degraded {Of(Sums.Degraded)}, down {Of(Sums.Down)}, maintenance {Of(Sums.Maintenance)}, unknown {Uptime.Minutes(Unknown)}");

    private static string Of(HealthShare share) => string.Create(CultureInfo.InvariantCulture, $"{Uptime.Minutes(share.Time)} ({share.Count:#,0} checks)");
}
