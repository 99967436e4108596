using System.Threading.Channels;

namespace Dashboard.MongoArchive;

/// <summary>Reads its source on a thread of its own, a few MiB ahead, so that decompressing and checking happen at the same time.</summary>
internal sealed class ReadAheadStream : ReadingStream
{
    private const int ChunkBytes = 512 * 1024;
    private const int Chunks = 4;

    private readonly Stream _source;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<byte[]> _free = Channel.CreateBounded<byte[]>(Chunks);
    private readonly Channel<(byte[] Buffer, int Length)> _filled = Channel.CreateBounded<(byte[], int)>(Chunks);
    private readonly Task[] _reading;
    private (byte[] Buffer, int Length) _current = ([], 0);
    private int _taken;

    public ReadAheadStream(Stream source)
    {
        _source = source;
        for (var i = 0; i < Chunks; i++)
            _free.Writer.TryWrite(new byte[ChunkBytes]);
        _reading = [Task.Run(FillAsync)];
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_taken == _current.Length)
        {
            // A failure of the source comes out here as it was.
            if (!await _filled.Reader.WaitToReadAsync(cancellationToken) || !_filled.Reader.TryRead(out var next))
                return 0;
            if (_current.Length > 0)
                _free.Writer.TryWrite(_current.Buffer);
            _current = next;
            _taken = 0;
        }
        var count = Math.Min(buffer.Length, _current.Length - _taken);
        _current.Buffer.AsMemory(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        await _source.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task FillAsync()
    {
        try
        {
            while (true)
            {
                var buffer = await _free.Reader.ReadAsync(_stop.Token);
                var length = await _source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, _stop.Token);
                if (length > 0)
                    await _filled.Writer.WriteAsync((buffer, length), _stop.Token);
                if (length < buffer.Length)
                    break;
            }
            _filled.Writer.TryComplete();
        }
        catch (Exception failure)
        {
            _filled.Writer.TryComplete(failure);
        }
    }
}
