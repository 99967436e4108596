namespace Dashboard.Access;

/// <summary>What is asked of somebody before something that cannot be taken back.</summary>
public enum ProofNeed
{
    None,
    Password,
    PasswordAndCode,

    /// <summary>He has no password here and signed in too long ago.</summary>
    SignInAgain,
}

/// <summary>Whether what was typed is what was asked for; whether it is right is known when it is used.</summary>
public static class ProofNeeds
{
    public static bool IsMetBy(this ProofNeed need, Proof? proof) => need switch
    {
        ProofNeed.None => true,
        ProofNeed.Password => proof is { Password.Length: > 0 },
        ProofNeed.PasswordAndCode => proof is { Password.Length: > 0, Code.Length: > 0 },
        _ => false,
    };
}
