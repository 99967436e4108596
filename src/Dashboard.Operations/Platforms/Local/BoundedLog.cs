using System.Text;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>A log file that takes no more than twice its limit on the disk: the current part and, as <c>.1</c>, the one before.</summary>
internal sealed class BoundedLog(string path, long limit = BoundedLog.DefaultLimit) : IDisposable
{
    private const long DefaultLimit = 1024 * 1024;
    private const int LongestLine = 8 * 1024;

    private readonly Lock _gate = new();
    private StreamWriter? _writer;
    private long _length;
    private bool _isDisposed;

    public void Write(string line)
    {
        if (line.Length > LongestLine)
            line = $"{line.AsSpan(0, LongestLine)}…";
        lock (_gate)
        {
            if (_isDisposed)
                return; // The last words of a process may come after the end.

            try
            {
                WriteToFile(line);
            }
            catch (IOException)
            {
                // A full disk costs this line, not the dashboard: the callers are threads with nobody above them.
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _writer?.Dispose();
        }
    }

    private void WriteToFile(string line)
    {
        _writer ??= Open();
        if (_length > limit)
        {
            _writer.Dispose();
            File.Move(path, path + ".1", overwrite: true);
            _writer = Open();
        }

        _writer.WriteLine(line);
        _length += Encoding.UTF8.GetByteCount(line) + 1;
    }

    private StreamWriter Open()
    {
        var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        _length = file.Length;
        return new StreamWriter(file) { AutoFlush = true, NewLine = "\n" };
    }
}
