using System.Globalization;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>Adds up what all collections together have moved, and each of them, and tells it.</summary>
internal sealed class CopyMeter
{
    private readonly CopyReports _reports;
    private readonly long _expected;
    private long _bytes;

    public CopyMeter(CopyReports reports, IReadOnlyCollection<CopyPart> parts)
    {
        _reports = reports;
        _expected = parts.Sum(part => part.Expected.Bytes);
        reports.Follow(() => RunParts.Of([.. parts.Select(part => part.Look())]));
    }

    public void Begin(CopyPart part) => Move(part, PartState.AtWork);

    public void Add(CopyPart part, long documents, long bytes)
    {
        part.Add(documents, bytes);
        Interlocked.Add(ref _bytes, bytes);
        Tell();
    }

    public void BuildIndexes(CopyPart part) => Move(part, PartState.Indexing);

    public void Done(CopyPart part, long documents, long bytes, string rest)
    {
        Move(part, PartState.Done);
        _reports.Log(string.Create(CultureInfo.InvariantCulture, $"{part.Name}: {documents:N0} documents, {bytes:N0} bytes{rest}"));
    }

    private void Move(CopyPart part, PartState state)
    {
        part.State = state;
        Tell();
    }

    private void Tell()
    {
        var done = Interlocked.Read(ref _bytes);
        // The server's own figure lags behind its writes.
        _reports.Progress(done, Math.Max(done, _expected));
    }
}

/// <summary>The count of one collection, added to by several threads at once.</summary>
internal sealed class CopyPart(string name, CollectionSize expected)
{
    private long _documents;
    private long _bytes;
    private volatile PartState _state;

    public string Name => name;

    public CollectionSize Expected => expected;

    public PartState State
    {
        set => _state = value;
    }

    public void Add(long documents, long bytes)
    {
        if (_state == PartState.Waiting)
            _state = PartState.AtWork;
        Interlocked.Add(ref _documents, documents);
        Interlocked.Add(ref _bytes, bytes);
    }

    public RunPart Look() => new(name, _state, Interlocked.Read(ref _documents), expected.Documents, Interlocked.Read(ref _bytes), expected.Bytes);
}
