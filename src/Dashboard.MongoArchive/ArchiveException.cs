namespace Dashboard.MongoArchive;

/// <summary>An archive is damaged, cut, hostile or no archive at all; the message says what is wrong, in which namespace and where.</summary>
public sealed class ArchiveException : IOException
{
    /// <summary>Names the place in the message too.</summary>
    public ArchiveException(string problem, string? @namespace, long offset, Exception? innerException = null)
        : base(@namespace is null ? $"{problem} (at byte {offset})" : $"{@namespace}: {problem} (at byte {offset})", innerException)
    {
        Problem = problem;
        Namespace = @namespace;
        Offset = offset;
    }

    /// <summary>What is wrong, without the namespace and the place.</summary>
    public string Problem { get; }

    /// <summary>The database and collection it is about; null when it is not about one.</summary>
    public string? Namespace { get; }

    /// <summary>The place in bytes from the archive's start; of a compressed archive, in what comes out of the decompression.</summary>
    public long Offset { get; }
}
