namespace Dashboard.Access;

/// <summary>What somebody typed to prove that it is he.</summary>
public sealed record Proof(string Password, string? Code)
{
    /// <summary>A record would print the password.</summary>
    public override string ToString() => "a proof";
}
