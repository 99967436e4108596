using System.Text;

namespace Dashboard.Operations.Processes;

/// <summary>One pipe of a child process, read to its end in bounded memory: long lines are cut, and only as much is kept as is asked for.</summary>
/// <param name="print">Each line, from another thread.</param>
internal sealed class ChildOutput(Action<string> print, long mostKept = 0)
{
    private const int LongestLine = 16 * 1024;

    private readonly StringBuilder _kept = new();
    private readonly StringBuilder _line = new();
    private readonly Lock _gate = new();
    private bool _isCut;
    private bool _endedByReturn;

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
        Keep(text);
        foreach (var each in text)
        {
            // A return and a line feed are one end; a return alone, as of a progress bar, is one too.
            if (each == '\r' || (each == '\n' && !_endedByReturn))
                EndLine();
            else if (each != '\n' && _line.Length < LongestLine)
                _line.Append(each);
            else if (each != '\n')
                _isCut = true;
            _endedByReturn = each == '\r';
        }
    }

    private void Keep(ReadOnlySpan<char> text)
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
    }

    private void EndLine()
    {
        var line = _isCut ? $"{_line}…" : _line.ToString();
        _line.Clear();
        _isCut = false;
        print(line);
    }
}
