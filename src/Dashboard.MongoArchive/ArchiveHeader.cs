using System.Globalization;
using MongoDB.Bson;

namespace Dashboard.MongoArchive;

/// <summary>What an archive says about its making: the first document after the magic number.</summary>
/// <param name="ConcurrentCollections">
/// The most namespaces that are ever open at one time. mongorestore starts as many workers and hangs for ever on an archive that opens more.
/// </param>
/// <param name="ServerVersion">
/// The version of the dumped server. A writer insists on three dot-separated integers (a suffix after <c>-</c> or <c>+</c> is allowed),
/// because mongorestore refuses anything else from 100.16.0 on; a reader takes what it finds.
/// </param>
/// <param name="ToolVersion">
/// The program that wrote the archive; free text. In the archive a writer adds a checksum of the prelude to it, which a reader takes off.
/// </param>
public sealed record ArchiveHeader(int ConcurrentCollections, string ServerVersion, string ToolVersion)
{
    /// <summary>
    /// Whether the server keeps a time series under its own name (8.3 and later). Before, its data lives in
    /// <c>system.buckets.NAME</c>, and the blocks of an archive carry that name.
    /// </summary>
    internal bool HasViewlessTimeSeries =>
        TryParseServerVersion(out var major, out var minor) && (major > 8 || (major == 8 && minor >= 3));

    internal void ThrowIfNotWritable(string parameterName)
    {
        if (ConcurrentCollections < 1 || ToolVersion is null)
            throw new ArgumentException("An archive's header needs at least one concurrent collection and a tool version.", parameterName);
        if (!TryParseServerVersion(out _, out _))
            throw new ArgumentException(
                $"The server version '{ServerVersion}' is not three dot-separated integers; mongorestore 100.16 and later would refuse the archive. Pass the version that buildInfo reports.",
                parameterName);
    }

    /// <summary>With room for the prelude's checksum.</summary>
    internal byte[] ToBson() =>
        new BsonDocument
        {
            { "concurrent_collections", ConcurrentCollections },
            { "version", ArchiveFormat.Version },
            { "server_version", ServerVersion },
            { "tool_version", PreludeSeal.AddRoom(ToolVersion) },
        }.ToBson();

    private bool TryParseServerVersion(out int major, out int minor)
    {
        major = minor = 0;
        var parts = (ServerVersion ?? "").Split('-', '+')[0].Split('.');
        return parts.Length == 3 && TryParse(parts[0], out major) && TryParse(parts[1], out minor) && TryParse(parts[2], out _);

        static bool TryParse(string text, out int number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
