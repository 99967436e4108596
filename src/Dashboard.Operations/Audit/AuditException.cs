namespace Dashboard.Operations.Audit;

/// <summary>An entry could not be written, so what it was about must not be done; the message says so to whoever asked for it.</summary>
public sealed class AuditException : Exception
{
    public AuditException()
    {
    }

    public AuditException(string message)
        : base(message)
    {
    }

    public AuditException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
