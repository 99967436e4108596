namespace Dashboard.Operations.Platforms.Fly;

/// <summary>The lines of one pipe of the tool, fit to be shown; the last ones are kept for the sentence of a failure.</summary>
internal sealed class FlyLines(Func<string, string> redact, Action<string>? print)
{
    private const int LastLines = 20;

    private readonly Queue<string> _last = new();
    private readonly Lock _gate = new();

    public IReadOnlyList<string> Last
    {
        get
        {
            lock (_gate)
                return [.. _last];
        }
    }

    public void Add(string text)
    {
        var line = FlyText.Clean(text);
        if (line.Length == 0)
            return;
        line = redact(line);
        lock (_gate)
        {
            _last.Enqueue(line);
            if (_last.Count > LastLines)
                _last.Dequeue();
        }

        print?.Invoke(line);
    }
}
