using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Dashboard.MongoArchive;

/// <summary>
/// Walks every element of raw BSON documents, nested ones at every depth, by lengths and terminators alone: no value is
/// decoded, nothing recurses and nothing is allocated, so that no input can exhaust the stack or the heap.
/// </summary>
/// <remarks>
/// Texts and names are not checked for UTF-8: the server stores and returns what is none, and a backup has to carry it.
/// </remarks>
internal static class DocumentFrames
{
    /// <summary>The deepest nesting, the document itself counted; the server stores 180 and sends 200.</summary>
    public const int MaxDepth = 200;

    /// <summary>Checks whole documents that stand one after another; an <see cref="InvalidDataException"/> says what does not fit.</summary>
    /// <param name="documents">Cut out by their length prefixes.</param>
    /// <param name="at">The start of the document that is looked at: at a failure, the broken one.</param>
    public static void Check(ReadOnlySpan<byte> documents, out int at)
    {
        Span<int> ends = stackalloc int[MaxDepth];
        for (at = 0; at < documents.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(documents[at..]);
            CheckOne(documents.Slice(at, length), ends);
            at += length;
        }
    }

    /// <param name="document">The whole document.</param>
    /// <param name="ends">Where the documents end that are being looked at, the outermost first: the stack that a recursion would have.</param>
    // Most processes verify one archive: waiting until the loop has proven hot would cost half of the work.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckOne(ReadOnlySpan<byte> document, Span<int> ends)
    {
        var depth = 0;
        var end = document.Length - 1;
        if (document[end] != 0)
            throw Malformed("the document does not end in a zero byte", end);
        var at = 4;
        while (true)
        {
            var type = document[at];
            if (type == 0)
            {
                if (at != end)
                    throw Malformed("a document ends before its length says", at);
                if (depth == 0)
                    return;
                end = ends[--depth];
                at++;
                continue;
            }
            var nameLength = document[(at + 1)..end].IndexOf((byte)0);
            if (nameLength < 0)
                throw Malformed("an element's name does not end", at);
            var value = at + nameLength + 2;
            var size = SizeOf(type, document[value..end], at);
            if (size < 0 || size > end - value)
                throw Malformed("an element reaches beyond its document", at);
            if (Nested(type, document.Slice(value, (int)size), at) is not { } nested)
            {
                at = value + (int)size;
                continue;
            }
            if (depth == MaxDepth - 1)
                throw Malformed($"documents are nested more than {MaxDepth} deep", at);
            ends[depth++] = end;
            end = value + (int)size - 1;
            at = value + nested + 4;
        }
    }

    /// <summary>The bytes the value takes; negative or too large when its own length says so.</summary>
    private static long SizeOf(byte type, ReadOnlySpan<byte> rest, int at) => type switch
    {
        0x01 or 0x09 or 0x11 or 0x12 => 8,
        0x10 => 4,
        0x02 or 0x0D or 0x0E => 4 + Length(rest, 1, at),
        0x03 or 0x04 => Length(rest, ArchiveFormat.MinDocumentBytes, at),
        0x05 => 5 + Length(rest, 0, at),
        0x06 or 0x0A or 0x7F or 0xFF => 0,
        0x07 => 12,
        0x08 => 1,
        0x0B => SizeOfRegularExpression(rest),
        0x0C => 4 + Length(rest, 1, at) + 12,
        0x0F => Length(rest, 4 + 4 + 1 + ArchiveFormat.MinDocumentBytes, at),
        0x13 => 16,
        _ => throw Malformed(string.Create(CultureInfo.InvariantCulture, $"an element has the unknown type 0x{type:X2}"), at),
    };

    /// <summary>Checks how the value ends; where in it a document begins, if one does.</summary>
    private static int? Nested(byte type, ReadOnlySpan<byte> value, int at)
    {
        var sound = type switch
        {
            0x02 or 0x0D or 0x0E or 0x03 or 0x04 or 0x0F => value[^1] == 0,
            0x0C => value[^13] == 0,
            0x08 => value[0] <= 1,
            _ => true,
        };
        if (!sound)
            throw Malformed("an element is not terminated or not a boolean", at);
        return type switch
        {
            0x03 or 0x04 => 0,
            0x0F => Scope(value, at),
            _ => null,
        };
    }

    /// <summary>Where the scope of a piece of code begins: behind the text, and it fills the rest.</summary>
    private static int Scope(ReadOnlySpan<byte> value, int at)
    {
        var scope = 8 + Length(value[4..], 1, at);
        if (scope > value.Length - ArchiveFormat.MinDocumentBytes
            || value[(int)scope - 1] != 0
            || BinaryPrimitives.ReadInt32LittleEndian(value[(int)scope..]) != value.Length - scope)
            throw Malformed("the text and the scope of a piece of code do not fit into it", at);
        return (int)scope;
    }

    private static int SizeOfRegularExpression(ReadOnlySpan<byte> rest)
    {
        var pattern = rest.IndexOf((byte)0);
        var options = pattern < 0 ? -1 : rest[(pattern + 1)..].IndexOf((byte)0);
        return options < 0 ? -1 : pattern + options + 2;
    }

    private static long Length(ReadOnlySpan<byte> rest, int minimum, int at)
    {
        if (rest.Length < 4)
            throw Malformed("an element's length is cut off", at);
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        return length >= minimum ? length : throw Malformed($"an element's length is {length}", at);
    }

    private static InvalidDataException Malformed(string problem, int at) => new($"{problem}, {at} bytes into the document");
}
