using System.Buffers.Binary;

namespace Dashboard.MongoArchive;

/// <summary>
/// Writes a mongodump archive to any stream, in the byte layout that mongodump 100.x gives it. Memory does not grow with
/// the data. An archive that is disposed without <see cref="CompleteAsync"/> is visibly cut: mongorestore and
/// <see cref="ArchiveVerifier"/> refuse it, whereas an interrupted mongodump leaves an archive that looks whole.
/// </summary>
public sealed class ArchiveWriter : IAsyncDisposable
{
    private readonly Stream _destination;
    private readonly bool _leaveOpen;
    private readonly ArchiveHeader _header;
    private readonly ArchiveOutput _output;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<ArchiveNamespace> _announced;
    private readonly Dictionary<string, ArchiveCollectionWriter> _begun = new(StringComparer.Ordinal);
    private Exception? _failure;
    private bool _disposed;
    private bool _ended;
    private long _length;

    private ArchiveWriter(Stream destination, ArchiveHeader header, List<ArchiveNamespace> announced, bool leaveOpen)
    {
        _destination = destination;
        _header = header;
        _announced = announced;
        _leaveOpen = leaveOpen;
        _output = new ArchiveOutput(destination);
    }

    /// <summary>The bytes of the archive so far, before any compression; may be read at any time, from any thread.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>The namespaces begun so far, with their live counts, in the order of the prelude.</summary>
    public IReadOnlyList<NamespaceTotals> Totals
    {
        get
        {
            lock (_lock)
                return [.. _announced.Where(one => _begun.ContainsKey(one.FullName)).Select(one => _begun[one.FullName].Totals)];
        }
    }

    /// <summary>
    /// Starts an archive: magic, header and the announcement of every namespace it will hold. Wrap the stream in a
    /// <see cref="GzipArchiveStream"/> for <c>--gzip</c>.
    /// </summary>
    /// <param name="destination">Any writable stream; written to by one thread at a time and never sought.</param>
    /// <param name="header">The server version must have its three parts.</param>
    /// <param name="namespaces">Every namespace, each once; the order does not matter.</param>
    /// <param name="leaveOpen">Leave the stream open when the writer is disposed.</param>
    /// <param name="cancellationToken">Ends the start; the stream then holds a part of a prelude.</param>
    /// <exception cref="ArgumentException">
    /// The header or a namespace is one that mongorestore would refuse, or a namespace is named twice. Nothing was written.
    /// </exception>
    public static async Task<ArchiveWriter> CreateAsync(
        Stream destination, ArchiveHeader header, IEnumerable<ArchiveNamespace> namespaces, bool leaveOpen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(namespaces);
        header.ThrowIfNotWritable(nameof(header));
        var announced = namespaces.ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in announced)
        {
            one.ThrowIfNotWritable(nameof(namespaces));
            if (!names.Add(one.FullName))
                throw new ArgumentException($"{one.FullName} is announced twice.", nameof(namespaces));
        }
        // Encoded before the first byte is written, so that a namespace that cannot be announced spoils nothing.
        var entries = announced.ConvertAll(ArchiveMetadata.ToEntry);

        var archive = new ArchiveWriter(destination, header, announced, leaveOpen);
        await archive.WritePreludeAsync(entries, cancellationToken);
        return archive;
    }

    /// <summary>
    /// Opens an announced namespace for writing. Views need none: those not begun are ended by <see cref="CompleteAsync"/>
    /// (only before an oplog they have to be completed by the caller).
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// It was not announced or was begun before; as many namespaces are open as the header's
    /// <see cref="ArchiveHeader.ConcurrentCollections"/> allows; or its turn has not come: users, roles and their version
    /// are complete before the first ordinary namespace begins, and the oplog begins after the last has ended.
    /// </exception>
    public ArchiveCollectionWriter BeginNamespace(string database, string collection)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var name = $"{database}.{collection}";
        lock (_lock)
        {
            var announced = _announced.Find(one => one.Database == database && one.Collection == collection)
                ?? throw new InvalidOperationException($"{name} was not announced in the prelude; pass every namespace to CreateAsync.");
            ThrowIfNotItsTurn(announced);
            var writer = new ArchiveCollectionWriter(this, announced, announced.PhysicalCollection(_header));
            _begun.Add(name, writer);
            return writer;
        }
    }

    /// <summary>
    /// Ends the archive: writes the last terminator and flushes the stream. Only this makes the archive whole.
    /// </summary>
    /// <returns>The totals of every namespace, in the order of the prelude.</returns>
    /// <exception cref="InvalidOperationException">A namespace was never begun or is not complete (the message names it), or this was called before.</exception>
    /// <exception cref="IOException">The stream failed, now or before.</exception>
    public async Task<IReadOnlyList<NamespaceTotals>> CompleteAsync(CancellationToken cancellationToken)
    {
        foreach (var view in _announced.Where(one => one.IsView && !HasBegun(one)))
            await BeginNamespace(view.Database, view.Collection).CompleteAsync(cancellationToken);
        if (_announced.Find(one => !IsComplete(one)) is { } missing)
            throw new InvalidOperationException($"{missing.FullName} is not complete, so the archive cannot be: write its documents and complete it.");

        await WriteAsync(null, async output =>
        {
            await output.WriteAsync(ArchiveFormat.TerminatorBytes, cancellationToken);
            await output.FlushAsync(cancellationToken);
            _ended = true;
        }, cancellationToken);
        return Totals;
    }

    /// <summary>Disposes the stream unless it is to be left open. Without <see cref="CompleteAsync"/> the archive stays cut.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_leaveOpen)
            await _destination.DisposeAsync();
    }

    /// <summary>The one way to the stream: one caller at a time, and none after a failure, which may have left half a document behind.</summary>
    internal async ValueTask WriteAsync(
        ArchiveCollectionWriter? collection, Func<ArchiveOutput, ValueTask> write, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_failure is not null)
                throw new IOException($"The archive cannot be continued, an earlier write failed: {_failure.Message}", _failure);
            if (_ended)
                throw new InvalidOperationException("The archive is complete; nothing can be added.");
            collection?.ThrowIfComplete();
            try
            {
                await write(_output);
            }
            catch (Exception failure)
            {
                _failure = failure;
                throw;
            }
            Volatile.Write(ref _length, _output.Length);
        }
        finally
        {
            _turn.Release();
        }
    }

    private ValueTask WritePreludeAsync(List<byte[]> entries, CancellationToken cancellationToken) =>
        WriteAsync(null, async output =>
        {
            var start = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(start, ArchiveFormat.Magic);
            var header = _header.ToBson();
            PreludeSeal.Close(header, entries.Aggregate(Crc64.Append(Crc64.Compute(start), header), (crc, entry) => Crc64.Append(crc, entry)));
            await output.WriteAsync(start, cancellationToken);
            await output.WriteAsync(header, cancellationToken);
            foreach (var entry in entries)
                await output.WriteAsync(entry, cancellationToken);
        }, cancellationToken);

    private bool HasBegun(ArchiveNamespace announced)
    {
        lock (_lock)
            return _begun.ContainsKey(announced.FullName);
    }

    private bool IsComplete(ArchiveNamespace announced)
    {
        lock (_lock)
            return _begun.TryGetValue(announced.FullName, out var writer) && writer.IsComplete;
    }

    private void ThrowIfNotItsTurn(ArchiveNamespace announced)
    {
        if (_begun.ContainsKey(announced.FullName))
            throw new InvalidOperationException($"{announced.FullName} was begun before; an archive cannot open a namespace again.");
        var open = _begun.Values.Count(one => !one.IsComplete);
        if (open >= _header.ConcurrentCollections)
            throw new InvalidOperationException(
                $"{announced.FullName} cannot begin: {open} namespaces are open and the header allows {_header.ConcurrentCollections}. mongorestore would hang; complete one first.");
        if (_announced.Find(one => one.Rank < announced.Rank && !(_begun.TryGetValue(one.FullName, out var earlier) && earlier.IsComplete)) is { } first)
            throw new InvalidOperationException($"{announced.FullName} cannot begin before {first.FullName} is complete: mongorestore relies on that order.");
        if (_begun.Values.FirstOrDefault(one => one.Namespace.Rank > announced.Rank) is { } later)
            throw new InvalidOperationException($"{announced.FullName} cannot begin after {later.Namespace.FullName}: mongorestore relies on that order.");
    }
}
