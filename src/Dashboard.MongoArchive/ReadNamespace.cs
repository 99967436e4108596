namespace Dashboard.MongoArchive;

/// <summary>A namespace while it is read: what has come of it so far.</summary>
internal sealed class ReadNamespace(ArchiveNamespace announced)
{
    private long _documents;
    private long _bytes;
    private ulong _crc;

    public ArchiveNamespace Announced { get; } = announced;

    public bool IsOpen { get; private set; }

    public bool IsEnded { get; private set; }

    public NamespaceTotals Totals =>
        new(Announced.Database, Announced.Collection, Volatile.Read(ref _documents), Volatile.Read(ref _bytes), Volatile.Read(ref _crc));

    public void Open() => IsOpen = true;

    public void End()
    {
        IsOpen = false;
        IsEnded = true;
    }

    public void Add(ReadOnlySpan<byte> documents, int count)
    {
        Volatile.Write(ref _crc, Crc64.Append(_crc, documents));
        Volatile.Write(ref _documents, _documents + count);
        Volatile.Write(ref _bytes, _bytes + documents.Length);
    }
}
