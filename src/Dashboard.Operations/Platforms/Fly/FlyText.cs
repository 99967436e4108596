using System.Text.RegularExpressions;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>Text of the tool made fit to be shown and stored.</summary>
internal static partial class FlyText
{
    /// <summary>Without colours and other commands to a terminal.</summary>
    public static string Clean(string line) => Controls().Replace(Colours().Replace(line, ""), "").TrimEnd();

    /// <summary>Without the token, anything that looks like one, and passwords in addresses.</summary>
    public static string Redact(string text, string? token)
    {
        foreach (var part in (token ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Append(token ?? ""))
        {
            var bare = Bare(part);
            if (bare.Length >= 4)
                text = text.Replace(bare, "***", StringComparison.Ordinal);
        }

        return Passwords().Replace(Tokens().Replace(text, "***"), "://***@");
    }

    /// <summary>The token itself, as a registry or an HTTP header wants it.</summary>
    public static string Bare(string token) =>
        token.Trim() is var text && Prefix().Match(text) is { Success: true } match ? text[match.Length..] : text;

    [GeneratedRegex(@"\x1B\[[0-9;?]*[A-Za-z]", RegexOptions.None, 1000)]
    private static partial Regex Colours();

    [GeneratedRegex(@"[\x00-\x08\x0B-\x1F\x7F]", RegexOptions.None, 1000)]
    private static partial Regex Controls();

    [GeneratedRegex(@"\bfm[0-9][a-z]?_[A-Za-z0-9+/=_-]{4,}", RegexOptions.None, 1000)]
    private static partial Regex Tokens();

    [GeneratedRegex("://[^/@\\s:]*:[^@\\s/]+@", RegexOptions.None, 1000)]
    private static partial Regex Passwords();

    [GeneratedRegex("^(FlyV1|Bearer) +", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Prefix();
}
