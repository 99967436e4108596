using System.Text;

namespace Dashboard.Operations.Health;

/// <summary>
/// A piece of time for which one check speaks: since 1970, in UTC, each interval is a slot, so every process finds the same ones and no
/// change of a local clock doubles or drops any.
/// </summary>
internal sealed record HealthSlot(DateTimeOffset Start, TimeSpan Length)
{
    /// <summary>A check begins early enough in its slot to end up in it also when a timer is late.</summary>
    private const double LatestBegin = 0.8;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static HealthSlot Containing(DateTimeOffset at, TimeSpan interval)
    {
        var length = Whole(interval);
        var seconds = at.ToUnixTimeSeconds();
        return new HealthSlot(DateTimeOffset.FromUnixTimeSeconds(seconds - Modulo(seconds, (long)length.TotalSeconds)), length);
    }

    /// <summary>
    /// From now until the check of the slot after this one, which was checked last; nothing when a check took so long that the time has come already.
    /// Each check has its own place in the slot, the same in every process, so that many environments are not asked all at once. Never longer than
    /// a slot and its place, however wrong the clock was.
    /// </summary>
    public TimeSpan UntilNext(DateTimeOffset now, string environment, string target)
    {
        var last = now < Start ? Containing(now, Length) : this;
        var left = last.Start + Length + Length * PlaceOf(environment, target) - now;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    public static DateTimeOffset HourOf(DateTimeOffset at) => Containing(at, TimeSpan.FromHours(1)).Start;

    public static DateTimeOffset DayOf(DateTimeOffset at) => Containing(at, TimeSpan.FromDays(1)).Start;

    /// <summary>0 to 0.8, by FNV-1a: a string's own hash differs between processes.</summary>
    private static double PlaceOf(string environment, string target)
    {
        var hash = 2166136261u;
        foreach (var one in Encoding.UTF8.GetBytes($"{environment}|{target}"))
            hash = unchecked((hash ^ one) * 16777619u);
        return hash / (double)uint.MaxValue * LatestBegin;
    }

    private static TimeSpan Whole(TimeSpan interval) => interval < Shortest ? Shortest : TimeSpan.FromSeconds(Math.Floor(interval.TotalSeconds));

    private static long Modulo(long value, long divisor) => ((value % divisor) + divisor) % divisor;
}
