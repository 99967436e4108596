using System.Text;

namespace Dashboard.MongoArchive;

/// <summary>The document that begins a block: exactly these four fields and types, as mongorestore insists from 100.14.0 on.</summary>
internal readonly record struct NamespaceHeader(string Database, string Collection, bool EndOfFile, ulong Crc)
{
    /// <exception cref="InvalidDataException">A field is missing, doubled, unknown or of another type.</exception>
    public static NamespaceHeader Parse(ReadOnlySpan<byte> document)
    {
        string? database = null;
        string? collection = null;
        bool? endOfFile = null;
        long? crc = null;
        var fields = 0;
        for (var frame = new BsonFrame(document); frame.MoveNext(); fields++)
        {
            if (frame.NameBytes.SequenceEqual("db"u8))
                database = frame.ReadString();
            else if (frame.NameBytes.SequenceEqual("collection"u8))
                collection = frame.ReadString();
            else if (frame.NameBytes.SequenceEqual("EOF"u8))
                endOfFile = frame.ReadBoolean();
            else if (frame.NameBytes.SequenceEqual("CRC"u8))
                crc = frame.ReadInt64();
            else
                throw new InvalidDataException($"a block's header has the unknown field '{Encoding.UTF8.GetString(frame.NameBytes)}'");
        }
        if (fields != 4 || database is null || string.IsNullOrEmpty(collection) || endOfFile is not { } ends || crc is not { } checksum)
            throw new InvalidDataException("a block's header does not have db, collection, EOF and CRC once each");
        if (!ends && checksum != 0)
            throw new InvalidDataException("a data block's header has a checksum");
        return new NamespaceHeader(database, collection, ends, unchecked((ulong)checksum));
    }
}
