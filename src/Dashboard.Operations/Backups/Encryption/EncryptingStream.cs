using System.Security.Cryptography;

namespace Dashboard.Operations.Backups;

/// <summary>Encrypts what is written and passes it on in chunks of 64 KiB; <see cref="CompleteAsync"/> writes the chunk that says it is the last.</summary>
internal sealed class EncryptingStream : Stream
{
    private readonly Stream _destination;
    private readonly EncryptionHeader _header;
    private readonly AesGcm _cipher;
    private readonly byte[] _plain = new byte[EncryptionHeader.ChunkBytes];
    private readonly byte[] _sealed = new byte[EncryptionHeader.ChunkBytes + EncryptionHeader.TagLength];
    private int _filled;
    private long _chunk;

    /// <param name="destination">Stays open.</param>
    public EncryptingStream(Stream destination, BackupKey key)
    {
        _destination = destination;
        _header = EncryptionHeader.New(key);
        _cipher = new AesGcm(key.ArchiveKey(_header.Salt), EncryptionHeader.TagLength);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            // Only when more comes it is known that a full chunk is not the last.
            if (_filled == _plain.Length)
                await SealAsync(isLast: false, cancellationToken);
            var taken = Math.Min(buffer.Length, _plain.Length - _filled);
            buffer[..taken].CopyTo(_plain.AsMemory(_filled));
            _filled += taken;
            buffer = buffer[taken..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Without this the archive counts as cut.</summary>
    public Task CompleteAsync(CancellationToken cancellationToken) => SealAsync(isLast: true, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Written to asynchronously only.");

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
        }

        base.Dispose(disposing);
    }

    private async Task SealAsync(bool isLast, CancellationToken cancellationToken)
    {
        if (_chunk == 0)
            await _destination.WriteAsync(_header.Bytes, cancellationToken);
        _cipher.Encrypt(
            EncryptionHeader.NonceOf(_chunk, isLast),
            _plain.AsSpan(0, _filled),
            _sealed.AsSpan(0, _filled),
            _sealed.AsSpan(_filled, EncryptionHeader.TagLength),
            _header.Bytes);
        await _destination.WriteAsync(_sealed.AsMemory(0, _filled + EncryptionHeader.TagLength), cancellationToken);
        _filled = 0;
        _chunk++;
    }
}
