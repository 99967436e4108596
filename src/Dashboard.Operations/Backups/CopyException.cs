namespace Dashboard.Operations.Backups;

/// <summary>A dump, load or comparison could not go on for a reason that an operator can act on; the message is for the operator.</summary>
public sealed class CopyException : Exception
{
    public CopyException(string message, string? @namespace, Exception? innerException = null)
        : base(message, innerException) => Namespace = @namespace;

    /// <summary>The database and collection it is about; null when it is about none.</summary>
    public string? Namespace { get; }

    /// <summary>The archive holds what no server takes; otherwise it says nothing about the archive, since the server took nothing of anybody, or not now.</summary>
    public bool IsArchiveAtFault { get; init; }

    /// <summary>The server no longer keeps the moment that was being read; reading per collection would succeed, and <see cref="BackupWriter"/> does that.</summary>
    public bool IsSnapshotTooOld { get; init; }
}
