using Dashboard.Operations.Running;

namespace Dashboard.Operations.Logs;

/// <summary>Times of the past as people type them.</summary>
public static class LogTimes
{
    /// <summary>What may be typed, for the sentence that refuses something else.</summary>
    public const string Forms = "15m, 1h or 30d for so long ago, 2026-11-24 18:00 (UTC), or 2026-11-24T18:00:00+01:00";

    public static bool TryRead(string? text, DateTimeOffset now, out DateTimeOffset at)
    {
        if (!Moments.TryReadSpan(text, out var ago))
            return Moments.TryRead(text, now, out at);
        at = now - ago;
        return true;
    }
}
