using System.Text;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>One pipe of the tool, read to its end in bounded memory: long lines are cut, and only as much is kept as is asked for.</summary>
internal sealed class FlyOutput(long mostKept, Action<string>? print)
{
    private const int LongestLine = 16 * 1024;
    private const int LastLines = 20;

    private readonly StringBuilder _kept = new();
    private readonly StringBuilder _line = new();
    private readonly Queue<string> _last = new();
    private readonly Lock _gate = new();
    private bool _isCut;

    /// <summary>More came than may be kept, so nothing is: a part would be believed to be whole.</summary>
    public bool IsTooLong { get; private set; }

    public string Kept
    {
        get
        {
            lock (_gate)
                return _kept.ToString();
        }
    }

    public IReadOnlyList<string> Last
    {
        get
        {
            lock (_gate)
                return [.. _last];
        }
    }

    public async Task ReadAsync(StreamReader pipe)
    {
        var buffer = new char[16 * 1024];
        while (await pipe.ReadAsync(buffer) is > 0 and var length)
            Take(buffer.AsSpan(0, length));
        if (_line.Length > 0)
            EndLine();
    }

    private void Take(ReadOnlySpan<char> text)
    {
        lock (_gate)
        {
            if (!IsTooLong && _kept.Length + text.Length <= mostKept)
            {
                _kept.Append(text);
            }
            else
            {
                IsTooLong = true;
                _kept.Clear();
                _kept.Capacity = 0;
            }
        }

        foreach (var each in text)
        {
            if (each == '\n')
                EndLine();
            else if (_line.Length < LongestLine)
                _line.Append(each);
            else
                _isCut = true;
        }
    }

    private void EndLine()
    {
        var line = FlyText.Clean(_isCut ? $"{_line}…" : _line.ToString());
        _line.Clear();
        _isCut = false;
        if (line.Length == 0)
            return;
        lock (_gate)
        {
            _last.Enqueue(line);
            if (_last.Count > LastLines)
                _last.Dequeue();
        }

        print?.Invoke(line);
    }
}
