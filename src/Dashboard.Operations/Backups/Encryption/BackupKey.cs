using System.Security.Cryptography;

namespace Dashboard.Operations.Backups;

/// <summary>A key of 32 bytes that encrypts archives and signs manifests; it never shows itself in a text.</summary>
public sealed class BackupKey
{
    internal const int Length = 32;
    internal const int IdLength = 8;
    private const int MacLength = 32;
    private readonly byte[] _key;

    /// <param name="key">32 bytes.</param>
    public BackupKey(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != Length)
            throw new ArgumentException($"A backup key has {Length} bytes.", nameof(key));
        _key = [.. key];
        Id = Convert.ToHexStringLower(SHA256.HashData(_key).AsSpan(0, IdLength));
    }

    /// <summary>The first 8 bytes of the key's SHA-256, as hexadecimal digits: tells keys apart and gives nothing away.</summary>
    public string Id { get; }

    /// <summary>Reads base64 of 32 bytes; null when it is something else.</summary>
    public static BackupKey? TryParse(string base64)
    {
        var bytes = new byte[Length + 1];
        return Convert.TryFromBase64String(base64.Trim(), bytes, out var length) && length == Length ? new BackupKey(bytes[..Length]) : null;
    }

    public override string ToString() => $"backup key {Id}";

    /// <summary>The key of one archive: the same nonces may then be used in every one of them.</summary>
    internal byte[] ArchiveKey(ReadOnlySpan<byte> salt)
    {
        var derived = new byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, derived, salt, "dashboard backup archive 1"u8);
        return derived;
    }

    internal string MacOf(ReadOnlySpan<byte> content)
    {
        Span<byte> derived = stackalloc byte[MacLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, derived, salt: [], "dashboard backup manifest 1"u8);
        return Convert.ToHexStringLower(HMACSHA256.HashData(derived, content));
    }
}
