using System.Security.Cryptography;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>AC11 and the encryption's own promises: what is cut, turned round, changed or of another key is found, and named.</summary>
public sealed class EncryptionTests
{
    private const int Chunk = EncryptionHeader.ChunkBytes;
    private const int SealedChunk = Chunk + EncryptionHeader.TagLength;
    private readonly BackupKey _key = new(RandomNumberGenerator.GetBytes(32));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(3 * Chunk)]
    [InlineData(3 * Chunk + 4711)]
    public async Task Gives_back_what_was_encrypted_whatever_its_length(int length)
    {
        var plain = RandomNumberGenerator.GetBytes(length);

        var encrypted = await EncryptAsync(plain);

        Assert.Equal(plain, await DecryptAsync(encrypted, _key));
        Assert.Equal(EncryptionHeader.Length + length + (EncryptionHeader.TagLength * Math.Max(1, (length + Chunk - 1) / Chunk)), encrypted.Length);
        Assert.NotEqual(encrypted, await EncryptAsync(plain));
    }

    [Fact]
    public async Task Notices_every_changed_bit()
    {
        var encrypted = await EncryptAsync(RandomNumberGenerator.GetBytes(300));

        for (var bit = 0; bit < encrypted.Length * 8; bit++)
        {
            var changed = encrypted.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            // The magic decides whether it is encrypted at all, so its bits are not the decryption's to judge.
            if (bit / 8 >= EncryptionHeader.Magic.Length)
                await Assert.ThrowsAsync<BackupDecryptionException>(() => DecryptAsync(changed, _key));
        }
    }

    [Fact]
    public async Task Notices_a_cut_at_any_byte_of_the_end_and_at_every_border_of_chunks()
    {
        var encrypted = await EncryptAsync(RandomNumberGenerator.GetBytes((2 * Chunk) + 100));
        int[] lengths = [.. Enumerable.Range(1, 200).Select(less => encrypted.Length - less), .. Enumerable.Range(0, 3).Select(chunks => EncryptionHeader.Length + (chunks * SealedChunk)), 0, 1, EncryptionHeader.Length - 1];

        foreach (var length in lengths)
            await Assert.ThrowsAsync<BackupDecryptionException>(() => DecryptAsync(encrypted[..length], _key));
    }

    [Fact]
    public async Task Notices_chunks_out_of_order_doubled_appended_or_of_another_archive()
    {
        var encrypted = await EncryptAsync(RandomNumberGenerator.GetBytes((2 * Chunk) + 100));
        var other = await EncryptAsync(RandomNumberGenerator.GetBytes((2 * Chunk) + 100));
        var (header, first, second, last) = Parts(encrypted);
        byte[][] wrong =
        [
            [.. header, .. second, .. first, .. last],
            [.. header, .. first, .. first, .. second, .. last],
            [.. header, .. first, .. last],
            [.. encrypted, 0],
            [.. encrypted, .. last],
            [.. header, .. first, .. Parts(other).Second, .. last],
            [.. Parts(other).Header, .. first, .. second, .. last],
        ];

        foreach (var each in wrong)
            await Assert.ThrowsAsync<BackupDecryptionException>(() => DecryptAsync(each, _key));
    }

    [Fact]
    public async Task Names_the_key_that_is_missing_and_reads_on_after_a_rotation()
    {
        var plain = RandomNumberGenerator.GetBytes(1_000);
        var encrypted = await EncryptAsync(plain);
        var newer = new BackupKey(RandomNumberGenerator.GetBytes(32));

        var missing = await Assert.ThrowsAsync<BackupDecryptionException>(() => DecryptAsync(encrypted, newer));
        var rotated = await DecryptAsync(encrypted, new BackupKeys(newer, [_key]));

        Assert.Contains($"encrypted with the key {_key.Id}", missing.Message, StringComparison.Ordinal);
        Assert.Contains("BACKUP_ENCRYPTION_OLD_KEYS", missing.Message, StringComparison.Ordinal);
        Assert.Equal(plain, rotated);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("c2hvcnQ=")]
    public void Takes_nothing_for_a_key_but_32_bytes_and_shows_nothing_of_a_wrong_one(string text)
    {
        var errors = new List<string>();

        var keys = BackupKeys.Read(name => name == BackupKeys.KeyVariable ? text : null, errors);

        Assert.Null(keys.Current);
        Assert.Equal(text.Length == 0 ? 0 : 1, errors.Count);
        Assert.All(errors, error => Assert.Equal("variable BACKUP_ENCRYPTION_KEY: it is not base64 of 32 bytes; 'openssl rand -base64 32' makes such a key.", error));
    }

    [Fact]
    public void Shows_a_key_nowhere()
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var key = BackupKey.TryParse(secret)!;

        Invariants.NoSecretIn([("the key", key.ToString()), ("its id", key.Id)], secret, Convert.ToHexString(Convert.FromBase64String(secret)));
    }

    /// <summary>The header says how large the chunks are, and an attacker may write the header.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData((16 * 1024 * 1024) + 1)]
    public async Task Takes_no_memory_that_a_lying_header_asks_for(int chunkSize)
    {
        var encrypted = await EncryptAsync(new byte[10]);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(encrypted.AsSpan(8), chunkSize);

        await Assert.ThrowsAsync<BackupDecryptionException>(() => DecryptAsync(encrypted, _key));
    }

    private static (byte[] Header, byte[] First, byte[] Second, byte[] Last) Parts(byte[] encrypted) => (
        encrypted[..EncryptionHeader.Length],
        encrypted[EncryptionHeader.Length..(EncryptionHeader.Length + SealedChunk)],
        encrypted[(EncryptionHeader.Length + SealedChunk)..(EncryptionHeader.Length + (2 * SealedChunk))],
        encrypted[(EncryptionHeader.Length + (2 * SealedChunk))..]);

    private async Task<byte[]> EncryptAsync(byte[] plain)
    {
        using var destination = new MemoryStream();
        await using (var encrypting = new EncryptingStream(destination, _key))
        {
            // In pieces that fit no chunk.
            foreach (var piece in plain.Chunk(7_919))
                await encrypting.WriteAsync(piece, Token);
            await encrypting.CompleteAsync(Token);
        }

        return destination.ToArray();
    }

    private static Task<byte[]> DecryptAsync(byte[] encrypted, BackupKey key) => DecryptAsync(encrypted, new BackupKeys(key, []));

    private static async Task<byte[]> DecryptAsync(byte[] encrypted, BackupKeys keys)
    {
        await using var decrypting = await DecryptingStream.OpenAsync(new MemoryStream(encrypted), keys, Token);
        using var plain = new MemoryStream();
        await decrypting.CopyToAsync(plain, Token);
        return plain.ToArray();
    }
}
