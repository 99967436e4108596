using System.Security.Cryptography;

namespace Dashboard.Operations.Files;

/// <summary>Passes on what is read, counts it and hashes it, so that one pass over a file proves both its content and its checksum.</summary>
internal sealed class MeteredReadStream(Stream source) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _bytesRead;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => BytesRead; set => throw new NotSupportedException(); }

    /// <summary>Told after each read how much was read so far.</summary>
    public Action<long>? Report { get; set; }

    /// <summary>May be asked while another thread reads.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Reads what is left, for a reader that stopped before the end; then the lower-case hexadecimal SHA-256 of the whole. To be asked once.</summary>
    public async Task<string> Sha256ToEndAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 20];
        while (await ReadAsync(buffer, cancellationToken) > 0)
        {
        }

        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        Count(read);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = source.Read(buffer, offset, count);
        _hash.AppendData(buffer.AsSpan(offset, read));
        Count(read);
        return read;
    }

    private void Count(int read)
    {
        var sum = Interlocked.Add(ref _bytesRead, read);
        Report?.Invoke(sum);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>The source belongs to whoever opened it.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
