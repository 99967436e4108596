using System.Globalization;
using System.Security.Cryptography;

namespace Dashboard.Operations.Backups;

/// <summary>Decrypts an archive as it is read, in the memory of two chunks; nothing of a chunk is given out before it is authenticated.</summary>
internal sealed class DecryptingStream : Stream
{
    private readonly Stream _source;
    private readonly EncryptionHeader _header;
    private readonly AesGcm _cipher;
    private readonly byte[] _plain;
    private readonly byte[] _sealed;
    private int _at;
    private int _filled;
    private int _ahead;
    private long _chunk;
    private bool _isAtEnd;

    private DecryptingStream(Stream source, EncryptionHeader header, BackupKey key)
    {
        _source = source;
        _header = header;
        _cipher = new AesGcm(key.ArchiveKey(header.Salt), EncryptionHeader.TagLength);
        _plain = new byte[header.ChunkSize];
        // One byte more than a chunk: whether it comes tells whether the chunk is the last.
        _sealed = new byte[header.ChunkSize + EncryptionHeader.TagLength + 1];
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <param name="source">At its beginning; it is disposed with the result.</param>
    /// <exception cref="BackupDecryptionException">There is no such key, or the header is damaged.</exception>
    public static async Task<DecryptingStream> OpenAsync(Stream source, BackupKeys keys, CancellationToken cancellationToken)
    {
        var bytes = new byte[EncryptionHeader.Length];
        if (await source.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken) < bytes.Length)
            throw new BackupDecryptionException("The encrypted archive ends within its header: it is cut.");
        var header = EncryptionHeader.Of(bytes);
        var key = keys.Find(header.KeyId) ?? throw new BackupDecryptionException(
            $"The archive is encrypted with the key {header.KeyId}, and that is neither in {BackupKeys.KeyVariable} nor in {BackupKeys.OldKeysVariable}; set the variable to the key that it was made with.");
        return new DecryptingStream(source, header, key);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_at == _filled)
        {
            if (_isAtEnd || buffer.Length == 0)
                return 0;
            await OpenChunkAsync(cancellationToken);
        }

        var given = Math.Min(buffer.Length, _filled - _at);
        _plain.AsMemory(_at, given).CopyTo(buffer);
        _at += given;
        return given;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously only.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task OpenChunkAsync(CancellationToken cancellationToken)
    {
        var whole = _header.ChunkSize + EncryptionHeader.TagLength;
        var there = _ahead + await _source.ReadAtLeastAsync(_sealed.AsMemory(_ahead), _sealed.Length - _ahead, throwOnEndOfStream: false, cancellationToken);
        var isLast = there <= whole;
        var length = Math.Min(there, whole) - EncryptionHeader.TagLength;
        if (length < 0)
            throw Damaged("the archive ends within it: it is cut");
        try
        {
            _cipher.Decrypt(
                EncryptionHeader.NonceOf(_chunk, isLast),
                _sealed.AsSpan(0, length),
                _sealed.AsSpan(length, EncryptionHeader.TagLength),
                _plain.AsSpan(0, length),
                _header.Bytes);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged("it is not what was encrypted: damaged, cut, out of order, or made with another key");
        }

        _ahead = there - Math.Min(there, whole);
        if (_ahead > 0)
            _sealed[0] = _sealed[whole];
        (_at, _filled, _isAtEnd) = (0, length, isLast);
        _chunk++;
    }

    private BackupDecryptionException Damaged(string problem) => new(string.Create(
        CultureInfo.InvariantCulture, $"Chunk {_chunk} of the encrypted archive, at byte {EncryptionHeader.Length + (_chunk * (_header.ChunkSize + EncryptionHeader.TagLength))}, cannot be opened: {problem}."));
}
