using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dashboard.MongoArchive;

/// <summary>
/// The checksum of an archive's namespaces, CRC-64/XZ: what Go's <c>crc64</c> calls ECMA, and not what
/// <c>System.IO.Hashing.Crc64</c> computes. The check value of <c>123456789</c> is 0x995DC9BBDF1939FA.
/// </summary>
public static class Crc64
{
    /// <summary>The bit-reversed form of 0x42F0E1EBA9EA3693.</summary>
    private const ulong Polynomial = 0xC96C5795D7870F42;

    private const int Slices = 16;

    private static readonly ulong[] Tables = CreateTables();

    // A carry-less product of two reflected operands comes out one bit low, hence the -1 in each exponent.
    private static readonly Vector128<ulong> FoldBy64Bytes = Vector128.Create(PowerOfX(512 + 64 - 1), PowerOfX(512 - 1));
    private static readonly Vector128<ulong> FoldBy16Bytes = Vector128.Create(PowerOfX(128 + 64 - 1), PowerOfX(128 - 1));

    /// <summary>The checksum of <paramref name="data"/>; 0 for no data.</summary>
    public static ulong Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of what <paramref name="crc"/> was computed over followed by <paramref name="data"/>; 0 starts anew.</summary>
    public static ulong Append(ulong crc, ReadOnlySpan<byte> data)
    {
        var state = ~crc;
        state = Pclmulqdq.IsSupported && data.Length >= 128
            ? AppendFolding(state, data)
            : AppendSlicing(state, data);
        return ~state;
    }

    /// <summary>Sixteen bytes a step through sixteen tables: the way on processors without carry-less multiplication.</summary>
    internal static ulong AppendSlicing(ulong state, ReadOnlySpan<byte> data)
    {
        ref var tables = ref MemoryMarshal.GetArrayDataReference(Tables);
        while (data.Length >= Slices)
        {
            var low = BinaryPrimitives.ReadUInt64LittleEndian(data) ^ state;
            var high = BinaryPrimitives.ReadUInt64LittleEndian(data[8..]);
            state = 0;
            for (var i = 0; i < 8; i++)
            {
                state ^= Unsafe.Add(ref tables, (int)(((Slices - 1 - i) * 256) + (byte)(low >> (8 * i))));
                state ^= Unsafe.Add(ref tables, (int)(((7 - i) * 256) + (byte)(high >> (8 * i))));
            }
            data = data[Slices..];
        }
        foreach (var value in data)
            state = Unsafe.Add(ref tables, (int)(byte)(state ^ value)) ^ (state >> 8);
        return state;
    }

    /// <summary>
    /// Folds the data modulo the polynomial into 16 bytes of the same checksum, four strands at a time; the tables do the rest.
    /// </summary>
    private static ulong AppendFolding(ulong state, ReadOnlySpan<byte> data)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        var a = blocks[0] ^ Vector128.CreateScalar(state);
        var b = blocks[1];
        var c = blocks[2];
        var d = blocks[3];
        var next = 4;
        for (; next + 4 <= blocks.Length; next += 4)
        {
            a = Fold(a, FoldBy64Bytes) ^ blocks[next];
            b = Fold(b, FoldBy64Bytes) ^ blocks[next + 1];
            c = Fold(c, FoldBy64Bytes) ^ blocks[next + 2];
            d = Fold(d, FoldBy64Bytes) ^ blocks[next + 3];
        }
        a = Fold(a, FoldBy16Bytes) ^ b;
        a = Fold(a, FoldBy16Bytes) ^ c;
        a = Fold(a, FoldBy16Bytes) ^ d;
        for (; next < blocks.Length; next++)
            a = Fold(a, FoldBy16Bytes) ^ blocks[next];

        Span<byte> folded = stackalloc byte[16];
        a.AsByte().CopyTo(folded);
        return AppendSlicing(AppendSlicing(0, folded), data[(blocks.Length * 16)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector128<ulong> value, Vector128<ulong> constants) =>
        Pclmulqdq.CarrylessMultiply(value, constants, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, constants, 0x11);

    /// <summary>x to the power of <paramref name="exponent"/> modulo the polynomial, reflected: bit 63 is the coefficient of 1.</summary>
    private static ulong PowerOfX(int exponent)
    {
        var value = 1UL << 63;
        for (var i = 0; i < exponent; i++)
            value = (value >> 1) ^ ((value & 1) * Polynomial);
        return value;
    }

    private static ulong[] CreateTables()
    {
        var tables = new ulong[Slices * 256];
        for (var i = 0; i < 256; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                value = (value >> 1) ^ ((value & 1) * Polynomial);
            tables[i] = value;
        }
        for (var i = 256; i < tables.Length; i++)
            tables[i] = (tables[i - 256] >> 8) ^ tables[(byte)tables[i - 256]];
        return tables;
    }
}
