using System.Text.RegularExpressions;

namespace Dashboard.Operations.Platforms;

/// <summary>What can be read from the reference of an image: <c>registry/app:tag@digest</c>.</summary>
public static partial class ImageName
{
    /// <summary>The tag, where it looks like a version; a name such as <c>deployment-01K2</c> says nothing about what the application will answer.</summary>
    public static string? VersionOf(string image) => Tag().Match(image) is { Success: true } match ? match.Groups["version"].Value : null;

    /// <summary>The same image, whatever of them names the digest too.</summary>
    public static bool IsSame(string? one, string? other) =>
        one is not null && other is not null && WithoutDigest(one) == WithoutDigest(other) && (DigestOf(one) is not { } digest || DigestOf(other) is not { } second || digest == second);

    private static string WithoutDigest(string image) => image.Split('@')[0];

    private static string? DigestOf(string image) => image.Split('@') is [_, var digest] ? digest : null;

    [GeneratedRegex(@":v?(?<version>\d+\.\d+[0-9A-Za-z.+-]*)(@sha256:[0-9a-f]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
