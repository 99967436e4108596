namespace Dashboard.Operations.Access;

/// <summary>Whoever asked may not, and nothing was done; the message says so to him.</summary>
public sealed class AccessRefusedException : Exception
{
    public AccessRefusedException()
    {
    }

    public AccessRefusedException(string message)
        : base(message)
    {
    }

    public AccessRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
