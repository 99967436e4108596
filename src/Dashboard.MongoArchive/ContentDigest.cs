using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace Dashboard.MongoArchive;

/// <summary>
/// What documents a collection holds, whatever their order: the sum modulo 2^128 of the XxHash128 of each raw document. Two
/// collections of equal digest and equal count hold the same documents, so a restored one can be compared with the dumped one.
/// </summary>
/// <remarks>
/// A value like a number: <see cref="Append"/> and <c>+</c> give a new one, and parts may be taken in any order and on any
/// thread. It finds accidents, not forgers: whoever can choose documents can make two collections of one sum.
/// </remarks>
public readonly record struct ContentDigest
{
    private const int Bytes = 16;

    private ContentDigest(UInt128 sum) => Sum = sum;

    /// <summary>The digest of no documents.</summary>
    public static ContentDigest Empty => default;

    private UInt128 Sum { get; }

    public static ContentDigest operator +(ContentDigest left, ContentDigest right) => left.Combine(right);

    /// <summary>The digest of these documents alone.</summary>
    /// <param name="wholeDocuments">Raw BSON documents one after another, as <see cref="ArchiveRun.Documents"/> has them.</param>
    /// <exception cref="ArgumentException">The bytes are not whole documents.</exception>
    public static ContentDigest Of(ReadOnlySpan<byte> wholeDocuments) => Empty.Append(wholeDocuments);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not 32 hex digits.</exception>
    public static ContentDigest Parse(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        return hex.Length == 2 * Bytes && UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sum)
            ? new ContentDigest(sum)
            : throw new FormatException($"A content digest has {2 * Bytes} hex digits; '{hex}' is not one.");
    }

    /// <summary>This digest with the documents added.</summary>
    /// <param name="wholeDocuments">Raw BSON documents one after another.</param>
    /// <exception cref="ArgumentException">The bytes are not whole documents.</exception>
    public ContentDigest Append(ReadOnlySpan<byte> wholeDocuments)
    {
        var sum = Sum;
        while (wholeDocuments.Length > 0)
        {
            var length = wholeDocuments.Length < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(wholeDocuments);
            if (length < ArchiveFormat.MinDocumentBytes || length > wholeDocuments.Length)
                throw new ArgumentException("The bytes are not whole BSON documents one after another.", nameof(wholeDocuments));
            sum += XxHash128.HashToUInt128(wholeDocuments[..length]);
            wholeDocuments = wholeDocuments[length..];
        }
        return new ContentDigest(sum);
    }

    /// <summary>The digest of both sets of documents together.</summary>
    public ContentDigest Combine(ContentDigest other) => new(unchecked(Sum + other.Sum));

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Sum.ToString("x32", CultureInfo.InvariantCulture);
}
