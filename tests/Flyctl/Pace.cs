using System.Globalization;

namespace Flyctl;

/// <summary>How long things take: real seconds times the factor; 0 is at once.</summary>
internal sealed class Pace(string? factor, CancellationToken interrupted)
{
    private readonly double _factor = double.TryParse(factor, NumberStyles.Float, CultureInfo.InvariantCulture, out var given) ? given : 0;

    public CancellationToken Interrupted => interrupted;

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public TimeSpan Of(double seconds) => TimeSpan.FromSeconds(seconds * _factor);

    public Task TakeAsync(double seconds)
    {
        interrupted.ThrowIfCancellationRequested();
        return _factor > 0 ? Task.Delay(Of(seconds), interrupted) : Task.CompletedTask;
    }

    /// <summary>Whatever the factor: until a signal or the end.</summary>
    public Task ForEverAsync() => Task.Delay(Timeout.InfiniteTimeSpan, interrupted);

    /// <summary>A limit that the caller gave is his own time, not the cloud's.</summary>
    public Task LimitAsync(TimeSpan limit) => Task.Delay(limit, interrupted);
}
