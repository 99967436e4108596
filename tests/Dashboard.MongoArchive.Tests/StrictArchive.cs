using System.Buffers.Binary;
using System.Text;

namespace Dashboard.MongoArchive.Tests;

/// <summary>
/// A second, simpler reading of the format, as the strictest of the tools have it: header fields decoded to the letter since
/// 100.14, a server version of three parts since 100.16, no more namespaces open than announced, users first and the oplog last.
/// </summary>
internal static class StrictArchive
{
    public static void Check(byte[] archive)
    {
        Assert.Equal([0x6D, 0xE2, 0x99, 0x81], archive[..4]);
        var at = 4;
        var header = Take(archive, ref at);
        Assert.Equal("10 concurrent_collections, 02 version, 02 server_version, 02 tool_version", Fields(header));
        Assert.Equal("0.1", Text(header, "version"));
        Assert.Equal(3, Text(header, "server_version").Split('-', '+')[0].Split('.').Count(part => int.TryParse(part, System.Globalization.CultureInfo.InvariantCulture, out _)));
        var concurrent = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(Value(header, "concurrent_collections")));
        var announced = new HashSet<string>(StringComparer.Ordinal);
        while (Peek(archive, at) != -1)
        {
            var entry = Take(archive, ref at);
            Assert.Equal("02 db, 02 collection, 02 metadata, 10 size, 02 type", Fields(entry));
            var isBucketed = Text(entry, "type") == "timeseries" && Version.Parse(Text(header, "server_version").Split('-')[0]) < new Version(8, 3);
            Assert.True(announced.Add($"{Text(entry, "db")}.{(isBucketed ? "system.buckets." : "")}{Text(entry, "collection")}"));
        }
        at += 4;
        CheckBlocks(archive, at, concurrent, announced);
    }

    private static void CheckBlocks(byte[] archive, int at, int concurrent, HashSet<string> announced)
    {
        var open = new Dictionary<string, ulong>(StringComparer.Ordinal);
        var ended = new List<string>();
        while (at < archive.Length)
        {
            var header = Take(archive, ref at);
            Assert.Equal("02 db, 02 collection, 08 EOF, 12 CRC", Fields(header));
            var name = $"{Text(header, "db")}.{Text(header, "collection")}";
            Assert.Contains(name, announced);
            Assert.DoesNotContain(name, ended);
            var written = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(Value(header, "CRC")));
            var isEnd = header[Value(header, "EOF")] == 1;
            open.TryAdd(name, 0);
            Assert.InRange(open.Count, 1, concurrent);
            for (; Peek(archive, at) != -1; Assert.False(isEnd))
                open[name] = Crc64.Append(open[name], Take(archive, ref at));
            at += 4;
            Assert.Equal(isEnd ? open[name] : 0, written);
            if (isEnd)
            {
                ended.Add(name);
                open.Remove(name);
            }
        }
        Assert.Empty(open);
        Assert.Equal(announced.Order(StringComparer.Ordinal), ended.Order(StringComparer.Ordinal));
        Assert.Equal(ended, ended.OrderBy(Rank));
    }

    private static int Rank(string name) => name switch
    {
        ".oplog" => 2,
        _ when name.StartsWith("admin.system.", StringComparison.Ordinal) || name.Contains(".$admin.system.", StringComparison.Ordinal) => 0,
        _ => 1,
    };

    private static int Peek(byte[] archive, int at) => BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(at));

    private static byte[] Take(byte[] archive, ref int at)
    {
        var length = Peek(archive, at);
        Assert.InRange(length, 5, archive.Length - at);
        var document = archive[at..(at + length)];
        Assert.Equal(0, document[^1]);
        at += length;
        return document;
    }

    private static string Text(byte[] document, string field)
    {
        var at = Value(document, field);
        return Encoding.UTF8.GetString(document, at + 4, BitConverter.ToInt32(document, at) - 1);
    }

    private static string Fields(byte[] document) => string.Join(", ", Walk(document).Select(field => $"{field.Type:x2} {field.Name}"));

    private static int Value(byte[] document, string field) => Walk(document).Single(found => found.Name == field).Value;

    /// <summary>Only the types that an archive's own documents have.</summary>
    private static IEnumerable<(byte Type, string Name, int Value)> Walk(byte[] document)
    {
        for (var at = 4; document[at] != 0;)
        {
            var type = document[at];
            var name = Encoding.UTF8.GetString(document, at + 1, Array.IndexOf(document, (byte)0, at + 1) - at - 1);
            var value = at + 2 + Encoding.UTF8.GetByteCount(name);
            yield return (type, name, value);
            at = value + type switch { 0x02 => 4 + BitConverter.ToInt32(document, value), 0x08 => 1, 0x10 => 4, 0x12 => 8, _ => throw new InvalidDataException($"type {type}") };
        }
    }
}
