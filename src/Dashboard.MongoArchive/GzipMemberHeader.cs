using System.Buffers.Binary;
using System.IO.Hashing;

namespace Dashboard.MongoArchive;

/// <summary>
/// What begins each gzip member of ours. An extra field (RFC 1952 §2.3.1.1, subfield "DA") carries the member's size and the
/// checksum of all that follows the header, and the header ends in its own checksum (FHCRC). gunzip and Go check the latter
/// and skip the former. A reader that knows the size can hand members to several processors without decompressing to find
/// them, and no bit of a member can change unnoticed, not even those that gzip gives no meaning to.
/// </summary>
internal static class GzipMemberHeader
{
    public const int Bytes = 10 + 2 + 12 + 2;
    public const int TrailerBytes = 4 + 4;

    private const int SizeAt = 16;
    private const int ChecksumAt = 20;
    private const int OwnChecksumAt = 24;
    private const byte ExtraAndChecksumFlags = 4 | 2;

    // Neither a name nor a time, and no operating system: the same data give the same archive everywhere.
    private static ReadOnlySpan<byte> Start =>
        [0x1F, 0x8B, 8, ExtraAndChecksumFlags, 0, 0, 0, 0, 0, 255, 12, 0, (byte)'D', (byte)'A', 8, 0];

    /// <summary>Completes a member whose deflate stream and trailer stand behind the room for its header.</summary>
    public static void Write(Span<byte> member)
    {
        Start.CopyTo(member);
        BinaryPrimitives.WriteInt32LittleEndian(member[SizeAt..], member.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(member[ChecksumAt..], Crc32.HashToUInt32(member[Bytes..]));
        BinaryPrimitives.WriteUInt16LittleEndian(member[OwnChecksumAt..], (ushort)Crc32.HashToUInt32(member[..OwnChecksumAt]));
    }

    /// <summary>Whether this is one of ours, sound or not; else it is somebody else's, which may be sound too.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> header) =>
        header.Length == Bytes && header[..4].SequenceEqual(Start[..4]) && header[10..SizeAt].SequenceEqual(Start[10..]);

    /// <summary>The whole member's size in bytes. An <see cref="InvalidDataException"/> says that the header is damaged.</summary>
    public static int Size(ReadOnlySpan<byte> header)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[OwnChecksumAt..]) != (ushort)Crc32.HashToUInt32(header[..OwnChecksumAt]))
            throw new InvalidDataException("a gzip member's header is not the one that was written");
        var size = BinaryPrimitives.ReadInt32LittleEndian(header[SizeAt..]);
        return size is > Bytes + TrailerBytes and <= GzipMember.MaxBytes
            ? size
            : throw new InvalidDataException($"a gzip member says it has {size} bytes; it cannot");
    }

    /// <summary>Throws an <see cref="InvalidDataException"/> unless what follows the header is what was written.</summary>
    public static void ThrowIfDamaged(ReadOnlySpan<byte> member)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(member[ChecksumAt..]) != Crc32.HashToUInt32(member[Bytes..]))
            throw new InvalidDataException("a gzip member is not the one that was written, or not of the size it says");
    }
}
