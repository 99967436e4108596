namespace Dashboard.Operations.Mails;

/// <summary>A mail that was not taken; the message is one sentence for an operator, without the password.</summary>
public sealed class MailException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The server will never take it for this recipient.</summary>
    public bool IsFinal { get; init; }

    /// <summary>No mail would have been taken: the server is away, or does not let us in.</summary>
    public bool IsOfServer { get; init; }
}
