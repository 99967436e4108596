namespace Dashboard.MongoArchive;

/// <summary>
/// Proves an archive without a server: reads the whole stream and checks the gzip members, every rule of the format, every
/// checksum, and the frame of every document at every depth. mongorestore's dry run reads no data at all.
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

    /// <summary>Checks the frames of every document of a run at every depth, for a caller that reads an archive itself.</summary>
    /// <exception cref="ArchiveException">A document is broken; its namespace and place are named.</exception>
    public static void CheckFrames(ArchiveRun run)
    {
        var at = 0;
        try
        {
            DocumentFrames.Check(run.Documents.Span, out at);
        }
        catch (InvalidDataException failure)
        {
            throw new ArchiveException(failure.Message, run.Namespace.FullName, run.Offset + at, failure);
        }
    }
}
