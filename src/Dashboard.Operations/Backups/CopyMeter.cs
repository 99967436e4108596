using System.Globalization;

namespace Dashboard.Operations.Backups;

/// <summary>Adds up what all collections together have moved, and tells it.</summary>
internal sealed class CopyMeter(CopyReports reports, long expectedBytes)
{
    private long _bytes;

    public void Add(long bytes)
    {
        var done = Interlocked.Add(ref _bytes, bytes);
        // The server's own figure lags behind its writes.
        reports.Progress(done, Math.Max(done, expectedBytes));
    }

    public void Done(string collection, long documents, long bytes, string rest) =>
        reports.Log(string.Create(CultureInfo.InvariantCulture, $"{collection}: {documents:N0} documents, {bytes:N0} bytes{rest}"));
}
