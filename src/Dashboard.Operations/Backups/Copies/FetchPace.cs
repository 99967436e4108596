using System.Globalization;

namespace Dashboard.Operations.Backups;

/// <summary>How fast a fetch is and how long it will still take, told once a second.</summary>
internal sealed class FetchPace(long total, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly long _began = time.GetTimestamp();
    private TimeSpan _next = Pause;

    /// <summary>Null when it was told just now.</summary>
    public string? Tell(long done)
    {
        var elapsed = time.GetElapsedTime(_began);
        if (elapsed < _next || done == 0)
            return null;
        _next = elapsed + Pause;
        var perSecond = done / elapsed.TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e6:0.0} MB/s, about {Math.Ceiling((total - done) / perSecond):0} s more");
    }
}
