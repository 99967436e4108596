namespace Dashboard.Testing.Engine;

/// <summary>A process whose wall clock is wrong, or stands; what it measures by the monotonic clock is right.</summary>
public sealed class ShiftedTime(TimeSpan offset, DateTimeOffset? standsAt = null) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => (standsAt ?? System.GetUtcNow()) + offset;
}
