namespace Dashboard.MongoArchive;

/// <summary>A namespace while it is read: what has come of it so far.</summary>
internal sealed class ReadNamespace(ArchiveNamespace announced)
{
    private volatile NamespaceTotals _totals = NamespaceTotals.None(announced);

    public ArchiveNamespace Announced { get; } = announced;

    public bool IsOpen { get; private set; }

    public bool IsEnded { get; private set; }

    public NamespaceTotals Totals => _totals;

    public void Open() => IsOpen = true;

    public void End()
    {
        IsOpen = false;
        IsEnded = true;
    }

    public void Add(ReadOnlySpan<byte> documents, int count) => _totals = _totals.With(documents, count, ContentDigest.Of(documents));
}
