using System.Buffers.Binary;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

/// <summary>Puts an archive together by hand, also a wrong one.</summary>
internal sealed class RawArchive
{
    private readonly List<byte> _bytes = [];

    public RawArchive Magic() => Bytes(0x6D, 0xE2, 0x99, 0x81);

    public RawArchive Header(string version = "0.1", int concurrent = 4, string server = "7.0.15", string tool = "by hand") => Document(new()
    {
        { "concurrent_collections", concurrent }, { "version", version }, { "server_version", server }, { "tool_version", tool },
    });

    public RawArchive Entry(string collection, string database = "game", string? metadata = null, string type = "collection") => Document(new()
    {
        { "db", database },
        { "collection", collection },
        { "metadata", metadata ?? $$"""{"indexes":[],"collectionName":"{{collection}}","type":"collection"}""" },
        { "size", 0 },
        { "type", type },
    });

    /// <summary>Magic, header, one entry <c>game.users</c> and the prelude's terminator.</summary>
    public static RawArchive WithUsers() => new RawArchive().Magic().Header().Entry("users").End();

    public RawArchive Block(string collection = "users", string database = "game") => Document(new()
    {
        { "db", database }, { "collection", collection }, { "EOF", false }, { "CRC", 0L },
    });

    public RawArchive EndBlock(byte[] documents, string collection = "users", string database = "game") => Document(new()
    {
        { "db", database }, { "collection", collection }, { "EOF", true }, { "CRC", unchecked((long)Crc64.Compute(documents)) },
    });

    public RawArchive Document(BsonDocument document) => Bytes(document.ToBson());

    public RawArchive End() => Bytes(0xFF, 0xFF, 0xFF, 0xFF);

    public RawArchive Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return Bytes(bytes);
    }

    public RawArchive Bytes(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();
}
