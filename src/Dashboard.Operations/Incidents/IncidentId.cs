using System.Security.Cryptography;
using System.Text;

namespace Dashboard.Operations.Incidents;

/// <summary>Names that the world may see: they tell nothing of what is inside.</summary>
public static class IncidentId
{
    private const string Signs = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 12;

    public static string New() => RandomNumberGenerator.GetString(Signs, Length);

    /// <summary>Always the same for the same thing inside, and no way back to it.</summary>
    public static string Of(string inside)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(inside));
        return string.Concat(hash.Take(Length).Select(one => Signs[one % Signs.Length]));
    }

    public static bool IsOne(string? text) => text is { Length: Length } && text.All(sign => Signs.Contains(sign, StringComparison.Ordinal));
}
