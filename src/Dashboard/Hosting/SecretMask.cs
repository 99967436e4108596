using System.Text.RegularExpressions;

namespace Dashboard.Hosting;

/// <summary>
/// Knows every secret that this process was given, because each comes through <see cref="Watch"/>, and blanks them out of text. It is
/// the last thing that a log line passes, so that no message, property or exception of anybody's carries one out.
/// </summary>
public sealed partial class SecretMask
{
    /// <summary>A shorter one would blank out ordinary words; nobody should call that a secret.</summary>
    private const int Shortest = 6;

    private readonly Lock _gate = new();
    private string[] _secrets = [];

    /// <summary>The same lookup, with what it finds kept in mind where the variable's name says that it is a secret.</summary>
    public Func<string, string?> Watch(Func<string, string?> variable) => name =>
    {
        var value = variable(name);
        if (value is { Length: >= Shortest } && SecretName().IsMatch(name) && !IsPlainServer(value))
            Learn(value);
        return value;
    };

    public string Apply(string text) => _secrets.Aggregate(text, (masked, secret) => masked.Replace(secret, "***", StringComparison.Ordinal));

    /// <summary>A server's address without a user is worth reading in a log.</summary>
    private static bool IsPlainServer(string value) => value.StartsWith("mongodb", StringComparison.OrdinalIgnoreCase) && !value.Contains('@', StringComparison.Ordinal);

    private void Learn(string value)
    {
        // Of an address, the password alone as well: drivers quote their addresses in forms of their own.
        var password = Password().Match(value) is { Success: true } match ? match.Groups["password"].Value : null;
        lock (_gate)
        {
            IEnumerable<string> known = [.. _secrets, value, .. password is { Length: >= Shortest } ? [password, Uri.UnescapeDataString(password)] : Array.Empty<string>()];

            // The longest first, so that none is left over as a piece of another.
            _secrets = [.. known.Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length)];
        }
    }

    [GeneratedRegex("(URI|URL|WEBHOOK|KEY|KEYS|TOKEN|SECRET|PASS|PASSWORD)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex("^[a-z0-9+]+://[^:/@]*:(?<password>[^@/]+)@", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Password();
}
