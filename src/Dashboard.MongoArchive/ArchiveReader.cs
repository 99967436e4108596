using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Dashboard.MongoArchive;

/// <summary>
/// Reads a mongodump archive from any stream, plain or gzip (told by its first bytes), once from front to back. Strict: what
/// it hands out keeps every rule of the format, and it ends without an <see cref="ArchiveException"/> only when the
/// archive is whole, every checksum is right and nothing follows. Holds some MiB and at most one document more.
/// </summary>
public sealed class ArchiveReader : IAsyncDisposable
{
    /// <summary>The most that all announcements together may take, in bytes: some ten thousand collections.</summary>
    public const int MaxPreludeBytes = 64 * 1024 * 1024;

    private readonly Stream _source;
    private readonly Stream? _decompression;
    private readonly bool _leaveOpen;
    private readonly ArchiveInput _input;
    private readonly List<ReadNamespace> _namespaces = [];
    private readonly Dictionary<(string Database, string Collection), ReadNamespace> _byBlockName = [];
    private int _open;
    private bool _isRead;

    private ArchiveReader(Stream source, Stream? decompression, Stream input, bool leaveOpen)
    {
        _source = source;
        _decompression = decompression;
        _leaveOpen = leaveOpen;
        _input = new ArchiveInput(input);
        Header = new ArchiveHeader(0, "", "");
    }

    /// <summary>What the archive says about its making.</summary>
    public ArchiveHeader Header { get; private set; }

    /// <summary>Every namespace that the archive announces, in its order, which says nothing about the order of the data.</summary>
    public IReadOnlyList<ArchiveNamespace> Namespaces { get; private set; } = [];

    /// <summary>The archive is compressed.</summary>
    public bool IsGzip => _decompression is not null;

    /// <summary>How far it is read, in bytes before compression.</summary>
    public long Offset => _input.Offset;

    /// <summary>What has been read of each namespace, in the order of <see cref="Namespaces"/>.</summary>
    public IReadOnlyList<NamespaceTotals> Totals => [.. _namespaces.Select(one => one.Totals)];

    /// <summary>The most namespaces that were open at one time; mongorestore hangs if it exceeds what the header announces.</summary>
    public int MostOpenNamespaces { get; private set; }

    /// <summary>Reads the header and the announcements.</summary>
    /// <param name="archive">Any readable stream; read to its end and never sought.</param>
    /// <param name="leaveOpen">Leave the stream open when the reader is disposed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArchiveException">It is no archive, or damaged already in what comes before the data.</exception>
    public static async Task<ArchiveReader> OpenAsync(Stream archive, bool leaveOpen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        var start = new byte[4];
        var length = await archive.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        var whole = new PrefixedStream(start.AsMemory(0, length), archive);
        var isGzip = length >= 2 && start[0] == 0x1F && start[1] == 0x8B;
        var decompression = isGzip ? new ParallelGunzipStream(whole) : null;
        var reader = new ArchiveReader(archive, decompression, decompression ?? (Stream)whole, leaveOpen);
        try
        {
            await reader.ReadPreludeAsync(cancellationToken);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The documents in the order of the archive, in runs of up to a MiB (more only for a document that is larger), and the
    /// end of each namespace. May be enumerated once. Documents are not decoded: a caller that does not trust their insides
    /// uses <see cref="ArchiveVerifier"/> first.
    /// </summary>
    /// <exception cref="ArchiveException">The archive is damaged. The runs handed out before may be part of the damage: checksums come last.</exception>
    public async IAsyncEnumerable<ArchiveRun> ReadRunsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_isRead)
            throw new InvalidOperationException("The archive has been read; a stream goes by once.");
        _isRead = true;
        while (await ReadBlockHeaderAsync(cancellationToken) is var (current, header) && current is not null)
        {
            while (await ReadRunAsync(current, header, cancellationToken) is { } run)
                yield return run;
            if (header.EndOfFile)
                yield return new ArchiveRun(current.Announced, default, 0, _input.Offset, current.Totals);
        }
        if (_namespaces.Find(one => !one.IsEnded) is { } missing)
            throw Damaged($"the archive ends before this namespace does, after {missing.Totals.Documents} documents of it: it is cut", missing.Announced.FullName);
    }

    /// <summary>Stops what runs ahead and disposes the stream unless it is to be left open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_decompression is not null)
            await _decompression.DisposeAsync();
        if (!_leaveOpen)
            await _source.DisposeAsync();
    }

    private async Task ReadPreludeAsync(CancellationToken cancellationToken)
    {
        if (!await _input.HasAsync(4, cancellationToken))
            throw Damaged("the file is empty or ends within its first four bytes; it is no archive", null);
        if (BinaryPrimitives.ReadUInt32LittleEndian(_input.Available.Span) != ArchiveFormat.Magic)
            throw Damaged("the file does not begin as a mongodump archive does", null);
        var crc = Crc64.Compute(_input.Available.Span[..4]);
        _input.Advance(4);

        var length = await NextLengthAsync(ArchiveFormat.MaxDocumentBytes, "the prelude", null, cancellationToken);
        if (length == ArchiveFormat.Terminator)
            throw Damaged("the archive has no header", null);
        var headerBytes = _input.Available.Span[..length].ToArray();
        (Header, var writtenCrc) = Parse(length, document => ArchivePrelude.ParseHeader(document), () => null);
        crc = Crc64.Append(crc, writtenCrc is null ? headerBytes : PreludeSeal.Reopen(headerBytes));
        var bytes = length;
        while ((length = await NextLengthAsync(ArchiveFormat.MaxDocumentBytes, "the prelude", null, cancellationToken)) != ArchiveFormat.Terminator)
        {
            bytes += length;
            if (bytes > MaxPreludeBytes)
                throw Damaged($"the announcements take more than {MaxPreludeBytes} bytes", null);
            string? name = null;
            crc = Crc64.Append(crc, _input.Available.Span[..length]);
            Announce(Parse(length, document => ArchivePrelude.ParseEntry(document, out name), () => name));
        }
        if (writtenCrc is { } written && written != crc)
            throw Damaged("the header and the announcements are not those that were written: their checksum is wrong", null);
        _input.Advance(4);
        Namespaces = [.. _namespaces.Select(one => one.Announced)];
    }

    private void Announce(ArchiveNamespace announced)
    {
        var one = new ReadNamespace(announced);
        if (!_byBlockName.TryAdd((announced.Database, announced.PhysicalCollection(Header)), one))
            throw Damaged("the archive announces this namespace twice", announced.FullName);
        _namespaces.Add(one);
    }

    /// <summary>The next block's header and namespace; no namespace at the end of the archive, which is legal only here.</summary>
    private async ValueTask<(ReadNamespace? Namespace, NamespaceHeader Header)> ReadBlockHeaderAsync(CancellationToken cancellationToken)
    {
        if (!await _input.HasAsync(1, cancellationToken))
            return default;
        var offset = _input.Offset;
        var length = await NextLengthAsync(ArchiveFormat.MaxDocumentBytes, "a block's header", null, cancellationToken);
        if (length == ArchiveFormat.Terminator)
            throw Damaged("a block has no header", null);
        var header = Parse(length, document => NamespaceHeader.Parse(document), () => null);
        var name = $"{header.Database}.{header.Collection}";
        if (!_byBlockName.TryGetValue((header.Database, header.Collection), out var current))
            throw new ArchiveException("a block belongs to a namespace that the archive did not announce", name, offset);
        if (current.IsEnded)
            throw new ArchiveException("a block comes after the namespace's end", name, offset);
        if (!current.IsOpen)
            MostOpenNamespaces = Math.Max(MostOpenNamespaces, ++_open);
        current.Open();
        return (current, header);
    }

    /// <summary>The next documents of the block; null when its terminator has been read.</summary>
    private async ValueTask<ArchiveRun?> ReadRunAsync(ReadNamespace current, NamespaceHeader header, CancellationToken cancellationToken)
    {
        var name = current.Announced.FullName;
        var offset = _input.Offset;
        var length = await NextLengthAsync(current.Announced.MaxDocumentBytes, "a block", name, cancellationToken);
        if (length == ArchiveFormat.Terminator)
        {
            _input.Advance(4);
            if (header.EndOfFile)
                End(current, header);
            return null;
        }
        if (header.EndOfFile)
            throw Damaged("a document follows the end of the namespace", name);

        var (count, bytes) = WholeDocuments(current.Announced);
        var documents = _input.Available[..bytes];
        current.Add(documents.Span, count);
        _input.Advance(bytes);
        return new ArchiveRun(current.Announced, documents, count, offset, null);
    }

    private void End(ReadNamespace current, NamespaceHeader header)
    {
        current.End();
        _open--;
        var totals = current.Totals;
        if (totals.Crc != header.Crc)
            throw Damaged(
                $"the checksum is {totals.Crc:X16} and the archive says {header.Crc:X16}: its {totals.Documents} documents are not those that were written",
                totals.FullName);
    }

    /// <summary>How many documents stand whole in the window, and in how many bytes. The first one does.</summary>
    private (int Count, int Bytes) WholeDocuments(ArchiveNamespace announced)
    {
        var available = _input.Available.Span;
        var count = 0;
        var bytes = 0;
        while (available.Length - bytes >= 4)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(available[bytes..]);
            // What is wrong with the next one is told when its turn comes, after the ones before have been handed out.
            if (length < ArchiveFormat.MinDocumentBytes || length > Math.Min(announced.MaxDocumentBytes, available.Length - bytes))
                break;
            if (available[bytes + length - 1] != 0)
                throw new ArchiveException("a document does not end in a zero byte", announced.FullName, _input.Offset + bytes);
            bytes += length;
            count++;
        }
        return (count, bytes);
    }

    /// <summary>The length of the next document, which is then whole in the window, or the terminator.</summary>
    private async ValueTask<int> NextLengthAsync(int maximum, string where, string? name, CancellationToken cancellationToken)
    {
        if (!await HasAsync(4, name, cancellationToken))
            throw Damaged($"the archive ends within {where}: it is cut", name);
        var length = _input.PeekLength();
        if (length == ArchiveFormat.Terminator)
            return length;
        if (length < ArchiveFormat.MinDocumentBytes || length > maximum)
            throw Damaged($"a document in {where} says it has {length} bytes; from {ArchiveFormat.MinDocumentBytes} to {maximum} are possible", name);
        if (!await HasAsync(length, name, cancellationToken))
            throw Damaged($"the archive ends within a document of {length} bytes: it is cut", name);
        return length;
    }

    /// <summary>What the decompression finds wrong is told with the namespace that was being read.</summary>
    private async ValueTask<bool> HasAsync(int count, string? name, CancellationToken cancellationToken)
    {
        try
        {
            return await _input.HasAsync(count, cancellationToken);
        }
        catch (ArchiveException failure) when (name is not null && failure.Namespace is null)
        {
            throw new ArchiveException(failure.Problem, name, failure.Offset, failure);
        }
    }

    private T Parse<T>(int length, Func<ReadOnlySpan<byte>, T> parse, Func<string?> name)
    {
        try
        {
            var parsed = parse(_input.Available.Span[..length]);
            _input.Advance(length);
            return parsed;
        }
        catch (InvalidDataException failure)
        {
            throw new ArchiveException(failure.Message, name(), _input.Offset, failure);
        }
    }

    private ArchiveException Damaged(string problem, string? name) => new(problem, name, _input.Offset);
}
