using System.Buffers;
using System.Globalization;

namespace Dashboard.MongoArchive;

/// <summary>
/// A checksum over everything before the first block, at the end of the header's <c>tool_version</c>, which is free text to every
/// other tool. The format itself covers names, options and indexes with no checksum at all.
/// </summary>
internal static class PreludeSeal
{
    private const string Start = " [crc64:";
    private const int Digits = 16;
    private const string Open = Start + "0000000000000000]";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEF");

    /// <summary>The tool's version with room for the checksum.</summary>
    public static string AddRoom(string toolVersion) => toolVersion + Open;

    /// <summary>Puts the checksum into its room at the end of the header's last text.</summary>
    public static void Close(Span<byte> header, ulong crc)
    {
        for (var i = 0; i < Digits; i++)
            Room(header)[i] = (byte)"0123456789ABCDEF"[(int)(crc >> (4 * (Digits - 1 - i))) & 15];
    }

    /// <summary>The header with the room empty again: what the checksum was taken over.</summary>
    public static byte[] Reopen(ReadOnlySpan<byte> header)
    {
        var open = header.ToArray();
        Room(open).Fill((byte)'0');
        return open;
    }

    /// <summary>
    /// Takes the checksum off; none in the archive of another tool. An <see cref="InvalidDataException"/> says that it was one.
    /// </summary>
    public static (string ToolVersion, ulong? Crc) Take(string sealedVersion)
    {
        var at = sealedVersion.Length - Open.Length;
        var hasStart = at >= 0 && string.CompareOrdinal(sealedVersion, at, Start, 0, Start.Length) == 0;
        var hasEnd = at >= 0 && sealedVersion[^1] == ']';
        var digits = at >= 0 ? sealedVersion.AsSpan(at + Start.Length, Digits) : default;
        var hasDigits = !digits.IsEmpty && !digits.ContainsAnyExcept(HexDigits);
        // A changed bit breaks one of the three and leaves the other two.
        if (!(hasStart || (hasEnd && hasDigits)))
            return (sealedVersion, null);
        return hasStart && hasEnd && hasDigits
            ? (sealedVersion[..at], ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
            : throw new InvalidDataException("the archive's header is not the one that was written");
    }

    // Behind the digits stand the bracket, the text's zero and the document's.
    private static Span<byte> Room(Span<byte> header) => header[^(Digits + 3)..^3];
}
