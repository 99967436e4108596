namespace Dashboard.Operations.Mails;

/// <summary>A server that takes mails.</summary>
/// <param name="IsSecure">Nothing is sent without TLS; else TLS is used where the server offers it.</param>
/// <param name="Section">Where its user and password are written, for a sentence.</param>
public sealed record SmtpSettings(string Host, int Port, bool IsSecure, string? User, string? Password, string Section)
{
    /// <summary>The one port at which a server speaks TLS from the first byte.</summary>
    public const int TlsPort = 465;

    /// <summary>Where a program hands in mail.</summary>
    public const int SubmissionPort = 587;

    /// <summary>A record would print the password.</summary>
    public override string ToString() => FormattableString.Invariant($"{Host}:{Port}");
}
