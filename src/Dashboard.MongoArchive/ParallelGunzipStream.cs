using System.Threading.Channels;

namespace Dashboard.MongoArchive;

/// <summary>
/// Decompresses gzip: members of ours on all processors and in their order, everything else from the first foreign member on
/// one after another. Notices what <see cref="GunzipStream"/> does, and every changed bit of our members.
/// Memory is 2.2 MiB for each processor and 5 MiB more, whatever the data.
/// </summary>
internal sealed class ParallelGunzipStream : ReadingStream
{
    private readonly Stream _compressed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<GunzipMember> _free = Channel.CreateUnbounded<GunzipMember>();
    private readonly Channel<GunzipMember> _toDecompress = Channel.CreateUnbounded<GunzipMember>();
    private readonly Channel<GunzipMember> _inOrder = Channel.CreateUnbounded<GunzipMember>(new() { SingleReader = true });
    private readonly Task[] _work;
    private int _stillToMake;
    private Stream? _foreign;
    private Stream? _rest;
    private GunzipMember? _current;
    private ReadOnlyMemory<byte> _plain;
    private long _plainBytes;

    /// <param name="compressed">Is left open.</param>
    public ParallelGunzipStream(Stream compressed)
    {
        _compressed = compressed;
        var workers = Environment.ProcessorCount;
        // One is filled and one is read while every worker has one.
        _stillToMake = workers + 2;
        _work = [Task.Run(FeedAsync), .. Enumerable.Range(0, workers).Select(_ => Task.Run(DecompressAsync))];
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (_plain.Length == 0 && _rest is null)
            {
                if (!await NextAsync(cancellationToken))
                    return 0;
            }
        }
        catch (InvalidDataException failure)
        {
            throw new ArchiveException($"the gzip file is damaged: {failure.Message}", null, _plainBytes, failure);
        }
        if (_rest is not null)
            return await _rest.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, _plain.Length);
        _plain[..count].CopyTo(buffer);
        _plain = _plain[count..];
        _plainBytes += count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        if (_rest is not null)
            await _rest.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Moves on to the next member, or to what is foreign; false at the end.</summary>
    private async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        if (_current is not null)
        {
            _current.Reset();
            _free.Writer.TryWrite(_current);
            _current = null;
        }
        // A failure of the feed comes out here, when everything before has been read.
        if (await _inOrder.Reader.WaitToReadAsync(cancellationToken) && _inOrder.Reader.TryRead(out var next))
        {
            _plain = await next.PlainAsync(cancellationToken);
            _current = next;
            return true;
        }
        if (_foreign is null)
            return false;
        _rest = new ReadAheadStream(new GunzipStream(_foreign, _plainBytes));
        return true;
    }

    private async Task FeedAsync()
    {
        try
        {
            while (await NextMemberAsync() is { } member)
            {
                _inOrder.Writer.TryWrite(member);
                _toDecompress.Writer.TryWrite(member);
            }
            _inOrder.Writer.TryComplete();
        }
        catch (Exception failure)
        {
            _inOrder.Writer.TryComplete(failure);
        }
        _toDecompress.Writer.TryComplete();
    }

    /// <summary>The next member of ours, compressed; null at the end and where something foreign begins.</summary>
    private async ValueTask<GunzipMember?> NextMemberAsync()
    {
        var header = new byte[GzipMemberHeader.Bytes];
        var length = await ReadAsMuchAsync(header);
        if (length == 0)
            return null;
        if (!GzipMemberHeader.IsOurs(header.AsSpan(0, length)))
        {
            if (header[0] != 0x1F || (length > 1 && header[1] != 0x8B))
                throw new InvalidDataException("something follows the last gzip member");
            _foreign = new PrefixedStream(header.AsMemory(0, length), _compressed);
            return null;
        }
        var size = GzipMemberHeader.Size(header);
        var member = await TakeFreeAsync();
        var room = member.Room(size);
        header.CopyTo(room);
        if (await ReadAsMuchAsync(room[header.Length..]) < size - header.Length)
            throw new InvalidDataException("it is cut within a member");
        return member;
    }

    /// <summary>Made when it is needed: most archives that are looked into are short.</summary>
    private async ValueTask<GunzipMember> TakeFreeAsync()
    {
        if (_free.Reader.TryRead(out var member))
            return member;
        return _stillToMake-- > 0 ? new GunzipMember() : await _free.Reader.ReadAsync(_stop.Token);
    }

    private ValueTask<int> ReadAsMuchAsync(Memory<byte> buffer) =>
        _compressed.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, _stop.Token);

    private async Task DecompressAsync()
    {
        await foreach (var member in _toDecompress.Reader.ReadAllAsync(_stop.Token))
            member.Decompress();
    }
}
