using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Dashboard.Operations.Access;

/// <summary>Passwords as ASP.NET Core stores them, with as many rounds as OWASP asks for today; its default is less than half.</summary>
public sealed class PasswordHashing
{
    /// <summary>Of PBKDF2 with HMAC-SHA512.</summary>
    public const int Rounds = 220_000;

    private readonly PasswordHasher<string> _hasher;
    private readonly string _nobodys;

    public PasswordHashing()
        : this(Rounds)
    {
    }

    internal PasswordHashing(int rounds)
    {
        _hasher = new PasswordHasher<string>(Options.Create(new PasswordHasherOptions { IterationCount = rounds }));
        _nobodys = Hash(Secret.New());
    }

    public string Hash(string password) => _hasher.HashPassword(string.Empty, Canonical(password));

    /// <param name="hash">Null when there is no such account: it then takes as long as if there were one.</param>
    public PasswordVerdict Verify(string? hash, string password)
    {
        var verdict = _hasher.VerifyHashedPassword(string.Empty, hash ?? _nobodys, Canonical(password));
        return hash is null ? PasswordVerdict.Wrong : verdict switch
        {
            PasswordVerificationResult.Success => PasswordVerdict.Right,
            PasswordVerificationResult.SuccessRehashNeeded => PasswordVerdict.RightAndOld,
            _ => PasswordVerdict.Wrong,
        };
    }

    /// <summary>The same characters from another keyboard are the same password. Nothing is cut.</summary>
    internal static string Canonical(string password) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(password)).Normalize(NormalizationForm.FormC);
}

/// <summary>Whether a password is the one.</summary>
public enum PasswordVerdict
{
    Wrong,
    Right,

    /// <summary>Right, and hashed with fewer rounds than today's: hash it again while it is known.</summary>
    RightAndOld,
}
