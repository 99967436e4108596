using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Dashboard.Operations.Access;

/// <summary>Random texts that open something, and the form in which they are stored: one that opens nothing.</summary>
internal static class Secret
{
    private const int Bytes = 32;

    /// <summary>256 bits for a URL.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256 is enough for what is random; a password needs <see cref="PasswordHashing"/>.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
