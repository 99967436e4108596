using System.Diagnostics;
using System.Globalization;

namespace Dashboard.EndToEnd.Tests;

/// <summary>Memory and handles of a process over its life; a leak is what still rises when the first quarter, in which it warms up, is left out.</summary>
public sealed class ProcessSize(int process)
{
    /// <summary>Below it a slope says more about the garbage collector than about a leak.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromHours(1);

    private const double BytesAnHour = 1e6;
    private const int SpareHandles = 50;

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly List<(TimeSpan At, double Bytes, int Handles)> _looks = [];

    private IReadOnlyList<(TimeSpan At, double Bytes, int Handles)> Warm => [.. _looks.Where(look => look.At >= _looks[^1].At / 4)];

    public void Look()
    {
        using var live = Process.GetProcessById(process);
        _looks.Add((Stopwatch.GetElapsedTime(_began), live.WorkingSet64, Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd")).Count()));
    }

    public void AssertSteady()
    {
        Look();
        var warm = Warm;
        Assert.True(warm[^1].Handles <= warm.Min(look => look.Handles) + SpareHandles, ToString());
        if (warm[^1].At - warm[0].At >= Telling)
            Assert.True(Slope(warm) < BytesAnHour, ToString());
    }

    public override string ToString()
    {
        var warm = Warm;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_looks.Count} looks in {_looks[^1].At:c}: {warm[0].Bytes / 1e6:0} MB to {warm[^1].Bytes / 1e6:0} MB ({Slope(warm) / 1e6:+0.0;-0.0} MB an hour), {warm[0].Handles} to {warm[^1].Handles} handles");
    }

    /// <summary>Bytes an hour of the straight line through the looks.</summary>
    private static double Slope(IReadOnlyList<(TimeSpan At, double Bytes, int Handles)> looks)
    {
        var (hours, bytes) = (looks.Average(look => look.At.TotalHours), looks.Average(look => look.Bytes));
        var spread = looks.Sum(look => Math.Pow(look.At.TotalHours - hours, 2));
        return spread == 0 ? 0 : looks.Sum(look => (look.At.TotalHours - hours) * (look.Bytes - bytes)) / spread;
    }
}
