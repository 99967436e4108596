using System.Text.RegularExpressions;

namespace Dashboard.Tests.Access;

/// <summary>What a form of ours has in it, by which its sending is known to come from a page of ours.</summary>
internal static partial class FormToken
{
    public const string Field = "__RequestVerificationToken";

    /// <summary>Empty when the page has no form.</summary>
    public static string Of(string page) => Pattern().Match(page).Groups["token"].Value;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
