using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Dashboard.Operations.Backups;

/// <summary>
/// The first 52 bytes of an encrypted archive; docs/backup-encryption.md describes them for those who have to read one without this program.
/// </summary>
internal sealed class EncryptionHeader
{
    public const int Length = 52;
    public const int TagLength = 16;
    public const int ChunkBytes = 64 * 1024;
    private const int IdAt = 12;
    private const int SaltAt = IdAt + BackupKey.IdLength;
    private const int NonceLength = 12;
    private const int LargestChunk = 16 * 1024 * 1024;

    private EncryptionHeader(byte[] bytes) => Bytes = bytes;

    public static ReadOnlySpan<byte> Magic => "DDTENC01"u8;

    /// <summary>Authenticated with every chunk.</summary>
    public byte[] Bytes { get; }

    public int ChunkSize => BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(Magic.Length));

    public string KeyId => Convert.ToHexStringLower(Bytes.AsSpan(IdAt, BackupKey.IdLength));

    public ReadOnlySpan<byte> Salt => Bytes.AsSpan(SaltAt);

    public static EncryptionHeader New(BackupKey key)
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Magic.Length), ChunkBytes);
        Convert.FromHexString(key.Id).CopyTo(bytes, IdAt);
        RandomNumberGenerator.Fill(bytes.AsSpan(SaltAt));
        return new EncryptionHeader(bytes);
    }

    public static bool IsAt(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <exception cref="BackupDecryptionException">The header lies about its chunks.</exception>
    public static EncryptionHeader Of(byte[] bytes)
    {
        var header = new EncryptionHeader(bytes);
        return header.ChunkSize is > 0 and <= LargestChunk
            ? header
            : throw new BackupDecryptionException($"The encrypted archive's header says that its chunks have {header.ChunkSize} bytes: it is damaged.");
    }

    /// <summary>The chunk's number in 11 bytes, big-endian, and 1 for the last chunk: neither order nor end can be changed unseen.</summary>
    public static byte[] NonceOf(long chunk, bool isLast)
    {
        var nonce = new byte[NonceLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(3), chunk);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
        return nonce;
    }
}

/// <summary>An encrypted archive cannot be opened, or is not what was encrypted; the message says which.</summary>
public sealed class BackupDecryptionException(string message) : IOException(message);
