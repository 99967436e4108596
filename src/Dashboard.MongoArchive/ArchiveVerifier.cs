using System.Buffers.Binary;

namespace Dashboard.MongoArchive;

/// <summary>
/// Proves an archive without a server: reads the whole stream and checks the gzip members, every rule of the format, every
/// checksum, and every document's top-level frame. mongorestore's dry run reads no data at all.
/// </summary>
/// <remarks>
/// It cannot see what was never written: the format records no counts, so an interrupted mongodump that closed its
/// archive properly passes. Compare <see cref="ArchiveReport.Totals"/> with what was counted at the source.
/// </remarks>
public static class ArchiveVerifier
{
    /// <summary>Reads the archive to its end; the stream stays open.</summary>
    /// <exception cref="ArchiveException">The archive is damaged; it names the namespace and the place.</exception>
    public static async Task<ArchiveReport> VerifyAsync(Stream archive, CancellationToken cancellationToken)
    {
        await using var reader = await ArchiveReader.OpenAsync(archive, leaveOpen: true, cancellationToken);
        await foreach (var run in reader.ReadRunsAsync(cancellationToken))
            CheckFrames(run);
        return new ArchiveReport(reader.Header, reader.IsGzip, reader.Offset, reader.MostOpenNamespaces, reader.Namespaces, reader.Totals);
    }

    private static void CheckFrames(ArchiveRun run)
    {
        var documents = run.Documents.Span;
        var at = 0;
        try
        {
            while (at < documents.Length)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(documents[at..]);
                BsonFrame.Check(documents.Slice(at, length));
                at += length;
            }
        }
        catch (InvalidDataException failure)
        {
            throw new ArchiveException(failure.Message, run.Namespace.FullName, run.Offset + at, failure);
        }
    }
}
